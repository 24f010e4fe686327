#pragma once

#include <cstdint>
#include <exception>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "api/raw_payload.hpp"
#include "perdure/detail/frame.hpp"
#include "perdure/detail/runtime.hpp"
#include "perdure/options.hpp"

namespace perdure::detail {

class mailbox_base;

enum class slot_kind : std::uint8_t { activity, timer, deadline, receive, condition, handlers_idle, cancelled_watch };
enum class slot_state : std::uint8_t { free, pending, ready, failed };

/// One operation: pending, or settled and waiting for somebody to take the result.
struct slot {
    slot_kind kind = slot_kind::timer;
    slot_state state = slot_state::free;
    cancellation_type cancellation = cancellation_type::wait_cancelled;
    bool cancel_sent = false;
    bool cancelled = false;  // settled by cancellation, not by what it waited for
    bool discard = false;    // lost a race: nobody will take the result
    std::uint32_t generation = 1;
    std::uint32_t scope = 0;
    std::uint32_t branch = 0;
    std::uint32_t guards = 0;        // of a deadline: the scope that it cancels
    std::uint32_t ordinal = 0;       // the number in the id of an activity or a timer
    std::uint64_t issued = 0;        // rises with every operation: cancellation goes in this order
    std::uint64_t settled = 0;       // rises with every settlement: the lower one came first in history
    std::int64_t event_id = 0;       // the event that recorded it, once known
    std::int64_t message_event = 0;  // the event of the message that a receive has taken
    waiter* waiting = nullptr;
    mailbox_base* box = nullptr;
    condition test{};
    site at{};
    std::string name{};   // of an activity
    std::string queue{};  // where it was scheduled
    arguments value{};
    std::exception_ptr error{};
};

/// The rows of all operations. Indices are stable; references are not, once another row is added.
class slot_table {
  public:
    explicit slot_table(std::pmr::memory_resource* memory) : rows_(memory), free_(memory) {}

    [[nodiscard]] std::uint32_t add(slot_kind kind);
    void release(std::uint32_t index);

    [[nodiscard]] slot& at(std::uint32_t index) { return rows_[index]; }
    [[nodiscard]] const slot& at(std::uint32_t index) const { return rows_[index]; }
    [[nodiscard]] bool alive(std::uint32_t index, std::uint32_t generation) const noexcept {
        return index < rows_.size() && rows_[index].generation == generation && rows_[index].state != slot_state::free;
    }
    /// The rows in use that fulfil a test, in the order in which they were issued.
    template <class Test>
    [[nodiscard]] std::vector<std::uint32_t> where(Test test) const {
        std::vector<std::uint32_t> found;
        for (std::uint32_t index = 0; index < rows_.size(); ++index) {
            if (rows_[index].state != slot_state::free && test(rows_[index])) found.push_back(index);
        }
        sort_by_issue(found);
        return found;
    }
    /// Bytes of the payloads that rows hold.
    [[nodiscard]] std::size_t payload_bytes() const noexcept;
    void forget_waiters() noexcept;

  private:
    friend struct debug_access;

    void sort_by_issue(std::vector<std::uint32_t>& indices) const;

    std::pmr::vector<slot> rows_;
    std::pmr::vector<std::uint32_t> free_;
    std::uint64_t issued_ = 0;
};

[[nodiscard]] std::size_t size_of(const arguments& values) noexcept;

}  // namespace perdure::detail
