#pragma once

#include <utility>

#include "history_service/store/postgres/errors.hpp"

namespace perdure::history::postgres {

/// Runs `body` and turns an `error` that it throws into a failure.
template <class T, class Body>
result<T> guarded(Body&& body) {
    try {
        return std::forward<Body>(body)();
    } catch (error& refused) {
        return std::move(refused.failure);
    }
}

}  // namespace perdure::history::postgres
