#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "api/result.hpp"
#include "server/node/node.hpp"

namespace perdure::server {

using message_ptr = std::unique_ptr<google::protobuf::Message>;
using message_reply = reply<message_ptr>;

/// An operation of the service, its types erased, so that HTTP needs one handler for all.
struct operation {
    std::string_view name;
    message_ptr (*make_request)();
    /// `request` is what make_request made, filled.
    void (*call)(node& on, message_ptr request, message_reply done);
};

/// Every operation that can be asked for over HTTP, the polls included.
[[nodiscard]] std::span<const operation> operations() noexcept;
[[nodiscard]] const operation* find_operation(std::string_view name) noexcept;

/// Whether the request may wait for something that has not happened: a stop answers it at once instead of waiting.
[[nodiscard]] bool is_long_poll(const google::protobuf::Message& request);

}  // namespace perdure::server
