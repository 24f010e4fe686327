#pragma once

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "history_service/store/store.hpp"
#include "server/metrics/metrics.hpp"
#include "server/tenure/boot_clock.hpp"

namespace perdure::server {

/// A store that counts what is made durable in it: transitions, and how runs and activities end. What was not flushed is not
/// counted. `last_commit` is set to the moment at which the last commit that succeeded was asked for. Both must outlive it.
[[nodiscard]] std::unique_ptr<history::store> measure_store(std::unique_ptr<history::store> inner, metrics& measured,
                                                            std::atomic<boot_time>& last_commit);

/// A history event as it stands in a journal record: the number of its type, and its bytes.
struct recorded_event {
    int type = 0;
    std::string_view bytes;
};

/// The history events in a journal record, which must outlive them. Skips over everything else without decoding it.
[[nodiscard]] std::vector<recorded_event> events_in(std::string_view journal_record);

}  // namespace perdure::server
