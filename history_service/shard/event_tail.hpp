#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "api/proto.hpp"
#include "history_service/engine/transition.hpp"

namespace perdure::history {

/// The newest events of a run, so that the tasks of a busy run are put together without reading the store.
class event_tail {
  public:
    using record_ptr = std::shared_ptr<const journal::JournalRecord>;

    /// An empty tail of a run whose next event gets this id.
    explicit event_tail(std::int64_t next_event_id) : first_(next_event_id), next_(next_event_id) {}

    /// Appends the events of a record; `bytes` is its serialised size.
    void push(record_ptr record, std::size_t bytes);
    /// Drops the oldest records until `keep_bytes` are left; only records up to `durable_sequence`, as others are nowhere else.
    void trim(std::size_t keep_bytes, std::int64_t durable_sequence);

    /// The oldest event here; `next_event_id()` when there is none.
    [[nodiscard]] std::int64_t first_event_id() const noexcept { return first_; }
    [[nodiscard]] std::int64_t next_event_id() const noexcept { return next_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Calls `visit(event)` for the events from `first` to `last` that are here, in order, until it answers false.
    template <class Visit>
    void visit(std::int64_t first, std::int64_t last, Visit&& visit) const {
        for (const kept& one : records_) {
            if (one.events.last < first) continue;
            if (one.events.first > last) return;
            for (const auto& change : one.record->changes()) {
                const pb::history::HistoryEvent* event = event_of(change);
                if (event == nullptr || event->event_id() < first) continue;
                if (event->event_id() > last || !visit(*event)) return;
            }
        }
    }

    /// The event that a change put into the history, if it did.
    [[nodiscard]] static const pb::history::HistoryEvent* event_of(const journal::Change& change);

  private:
    struct kept {
        record_ptr record;
        event_range events;
        std::size_t bytes = 0;
    };

    std::deque<kept> records_;
    std::int64_t first_;
    std::int64_t next_;
    std::size_t bytes_ = 0;
};

}  // namespace perdure::history
