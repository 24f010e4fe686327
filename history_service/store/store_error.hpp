#pragma once

#include <utility>

#include "api/result.hpp"

namespace perdure::history {

/// What a database refused, as the inside of a store throws it. It never leaves a store: the store's functions turn it into a
/// result by `guarded`.
struct store_error {
    service_failure failure;
};

/// Runs `body` and turns a `store_error` that it throws into a failure.
template <class T, class Body>
result<T> guarded(Body&& body) {
    try {
        return std::forward<Body>(body)();
    } catch (store_error& refused) {
        return std::move(refused.failure);
    }
}

}  // namespace perdure::history
