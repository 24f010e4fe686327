#pragma once

#include "api/result.hpp"
#include "history_service/engine/effects.hpp"
#include "history_service/engine/state.hpp"
#include "history_service/journal.pb.h"

#include <memory>
#include <optional>
#include <vector>

namespace perdure::history {

namespace journal = perdure::history::v1;

/// A record whose events and changes share an arena with it: a transition makes some dozens of parts, which are written and then
/// all forgotten.
using record_ptr = std::shared_ptr<journal::JournalRecord>;
[[nodiscard]] record_ptr new_record();

/// A run that comes to be in the same commit as the transition that made it.
struct created_run {
    run_state state{};
    record_ptr record{};
    effects consequences{};
};

/// What one input did. The state is already changed; `record` must be made durable before any effect or reply leaves.
struct transition {
    /// None: nothing happened, there is nothing to write.
    record_ptr record{};
    effects consequences{};
    /// Of a retry, continue-as-new: committed together with this record, becomes the workflow id's current run.
    std::unique_ptr<created_run> successor{};
    /// What the requester is told although the run changed: a workflow task that was failed for its commands.
    std::optional<service_failure> refusal{};

    [[nodiscard]] bool empty() const noexcept { return (record == nullptr || record->changes().empty()) && successor == nullptr; }
};

/// The event that a change put into the run's history; nullptr if it put none.
[[nodiscard]] const pb::history::HistoryEvent* history_event_of(const journal::Change& change);

/// Copies the events of a record, in order, into `out`: a run's history is the concatenation over its records.
void append_events(const journal::JournalRecord& record, std::vector<pb::history::HistoryEvent>& out);

/// First and last event id of a record; {0, 0} without events.
struct event_range {
    std::int64_t first = 0;
    std::int64_t last = 0;

    [[nodiscard]] bool empty() const noexcept { return last < first || first == 0; }
    friend bool operator==(const event_range&, const event_range&) = default;
};
[[nodiscard]] event_range events_of(const journal::JournalRecord& record);

}  // namespace perdure::history
