#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <perdure/payload.hpp>

#include "perdure/detail/frame.hpp"
#include "perdure/detail/runtime.hpp"

namespace perdure::detail {

/// The one door to the insides of what users hold: tasks, operations, handles, contexts, combinators.
struct access {
    template <class A>
    static auto awaiter(A&& awaitable, frame_base& parent, const site& at) {
        return std::forward<A>(awaitable).make_awaiter(parent, at);
    }
    template <class A>
    static constexpr bool awaitable =
        requires(A a, frame_base& parent, const site& at) { std::move(a).make_awaiter(parent, at); };

    template <class Task>
    static auto& release(Task& from) {
        return from.release();
    }
    template <class Holder>
    static auto ref(const Holder& holder) noexcept {
        return holder.ref_;
    }
    template <class Holder, class Ref>
    static Holder make(Ref ref) noexcept {
        return Holder(ref);
    }
};

/// The call site that default arguments of ordinary functions have recorded.
constexpr site make_site(const char* file, std::uint32_t line, const char* function) noexcept { return {file, function, line}; }

/// The typed form of what an operation was settled with.
template <class T>
T decode_result(const arguments& stored) {
    if constexpr (!std::is_void_v<T>) return decode_arguments<T>(stored.values);
}

}  // namespace perdure::detail
