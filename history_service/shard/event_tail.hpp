#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history_service/engine/transition.hpp"
#include "history_service/shard/encoded_events.hpp"

namespace perdure::history {

/// The newest events of a run, as the bytes that go to workers, so that the tasks of a busy run are put together without reading
/// the store.
class event_tail {
  public:
    /// An empty tail of a run whose next event gets this id.
    explicit event_tail(std::int64_t next_event_id) : first_(next_event_id), next_(next_event_id) {}

    /// Appends the events of the serialised record `sequence`, which are `events`.
    void push(std::string_view record, std::int64_t sequence, event_range events);
    /// The same for a record whose events are at hand.
    void push(encoded_events encoded, std::int64_t sequence, event_range events);
    /// Drops the oldest records until `keep_bytes` are left; only records up to `durable_sequence`, as others are nowhere else.
    void trim(std::size_t keep_bytes, std::int64_t durable_sequence);

    /// The oldest event here; `next_event_id()` when there is none.
    [[nodiscard]] std::int64_t first_event_id() const noexcept { return first_; }
    [[nodiscard]] std::int64_t next_event_id() const noexcept { return next_; }
    /// Everything that is held for the events.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Calls `visit(id, event)` with the bytes of the events from `first` to `last` that are here, in order, until it answers
    /// false.
    template <class Visit>
    void visit(std::int64_t first, std::int64_t last, Visit&& visit) const {
        for (const kept& one : records_) {
            if (one.events.last < first) continue;
            event_walk walk(one.encoded, event_walk::of::history);
            for (std::int64_t id = one.events.first; id <= one.events.last; ++id) {
                const std::string_view event = walk.next();
                if (id > last || (id >= first && !visit(id, event))) return;
            }
        }
    }

    /// Calls `visit(events, encoded)` for each record whose events all lie between `first` and `last`, as long as there is no
    /// other between them and it answers true; returns the id that comes next.
    template <class Visit>
    [[nodiscard]] std::int64_t visit_whole(std::int64_t first, std::int64_t last, Visit&& visit) const {
        for (const kept& one : records_) {
            if (one.events.last < first) continue;
            if (one.events.first != first || one.events.last > last || !visit(one.events, std::string_view(one.encoded))) break;
            first = one.events.last + 1;
        }
        return first;
    }

  private:
    struct kept {
        std::int64_t sequence = 0;
        event_range events;
        /// As a History holds them.
        std::string encoded;

        /// With what the allocation of the events costs beyond what was asked for, about.
        [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(kept) + encoded.capacity() + 24; }
    };

    std::vector<kept> records_;
    std::int64_t first_;
    std::int64_t next_;
    std::size_t bytes_ = 0;
};

}  // namespace perdure::history
