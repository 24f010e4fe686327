#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "history_service/store/store.hpp"
#include "server/metrics/metrics.hpp"

namespace perdure::server {

/// A store that counts what is made durable in it: transitions, and how runs and activities end. What was not flushed is not
/// counted. The metrics must outlive it.
[[nodiscard]] std::unique_ptr<history::store> measure_store(std::unique_ptr<history::store> inner, metrics& measured);

/// The types of the history events in a journal record, as numbers. Skips over everything else without decoding it.
[[nodiscard]] std::vector<int> event_types_in(std::string_view journal_record);

}  // namespace perdure::server
