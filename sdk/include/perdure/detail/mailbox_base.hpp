#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "api/raw_payload.hpp"
#include "perdure/detail/runtime.hpp"

namespace perdure::detail {

/// One message that nobody has read, with the event that brought it. Messages that a previous run carried over have
/// negative numbers, so that they sort before everything this run receives.
struct message {
    std::int64_t event_id = 0;
    arguments content{};
};

/// The untyped part of a mailbox. Messages stay encoded until they are read.
class mailbox_base {
  public:
    mailbox_base() = default;
    mailbox_base(const mailbox_base&) = delete;
    mailbox_base& operator=(const mailbox_base&) = delete;

    /// Messages that can be taken now.
    [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }
    [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }

  protected:
    ~mailbox_base() = default;
    [[nodiscard]] const std::deque<message>& messages() const noexcept { return messages_; }
    [[nodiscard]] arguments take_front();

  private:
    friend class run;
    friend struct debug_access;
    friend struct message_book;

    std::deque<message> messages_;
    std::vector<std::uint32_t> receivers_;  // rows of pending receives, the oldest first
};

[[nodiscard]] op_ref issue_receive(context_ref where, mailbox_base& box, const site& at);

}  // namespace perdure::detail
