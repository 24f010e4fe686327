#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "sdk/client/calls.hpp"
#include "sdk/client/connection.hpp"

namespace perdure::detail {

/// Makes an asynchronous call and blocks until its end; rethrows what it ended with.
template <class Value, class Start>
Value blocking(connection& via, const Start& start) {
    struct shared_state {
        latch ended;
        std::exception_ptr thrown;
        std::optional<Value> value;
    };
    // Shared: the callback may still be returning when the waiting thread goes on.
    auto state = std::make_shared<shared_state>();
    start([state](std::exception_ptr thrown, Value value) {
        state->thrown = std::move(thrown);
        state->value.emplace(std::move(value));
        state->ended.open();
    });
    via.wait(state->ended);
    // Taken out: the error then ends with who caught it, not with the callback.
    if (state->thrown) std::rethrow_exception(std::exchange(state->thrown, nullptr));
    return std::move(*state->value);
}

template <class Start>
void blocking_void(connection& via, const Start& start) {
    blocking<std::monostate>(via, [&](auto done) {
        start([done = std::move(done)](std::exception_ptr thrown) { done(std::move(thrown), std::monostate{}); });
    });
}

/// The same for an operation of the frontend; throws service_error for a refusal.
template <class Response, class Start>
Response blocking_reply(connection& via, const Start& start) {
    return blocking<Response>(via, [&](auto done) {
        start([done = std::move(done)](result<Response> answer) {
            if (!answer) return done(to_exception(answer.error()), Response{});
            done(nullptr, *std::move(answer));
        });
    });
}

}  // namespace perdure::detail
