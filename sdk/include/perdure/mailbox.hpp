#pragma once

#include <optional>
#include <vector>

#include <perdure/payload.hpp>

#include "perdure/detail/access.hpp"
#include "perdure/detail/mailbox_base.hpp"

namespace perdure {

/// The unread messages of one signal: a member of the workflow, bound with `.on(Flow::approval, &W::approvals_)`.
///
/// Messages wait here until somebody receives them, also those that arrive before anybody asks; what is unread when the run
/// continues as new goes to the next run. A message whose bytes do not fit T throws payload_error where it is read.
template <class T>
class mailbox : public detail::mailbox_base {
  public:
    using value_type = T;

    /// The oldest unread message, or none. Never waits; `co_await ctx.receive(box)` does.
    [[nodiscard]] std::optional<T> try_take() {
        if (empty()) return std::nullopt;
        return detail::decode_result<T>(take_front());
    }

  private:
    template <class U>
    friend std::vector<U> peek(const mailbox<U>& box);
};

/// A signal without content.
template <>
class mailbox<void> : public detail::mailbox_base {
  public:
    using value_type = void;

    /// Takes the oldest unread message; false if there is none.
    [[nodiscard]] bool try_take() {
        if (empty()) return false;
        static_cast<void>(take_front());
        return true;
    }
};

/// Copies of the unread messages, the oldest first. For queries: takes nothing.
template <class U>
[[nodiscard]] std::vector<U> peek(const mailbox<U>& box) {
    std::vector<U> seen;
    seen.reserve(box.size());
    for (const detail::message& waiting : box.messages()) seen.push_back(detail::decode_result<U>(waiting.content));
    return seen;
}

}  // namespace perdure
