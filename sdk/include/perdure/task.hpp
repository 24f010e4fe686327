#pragma once

/// @file
/// The coroutine types of workflow code: `task<T>` is a coroutine that has not started, `op<T>` a durable operation that has,
/// `handle<T>` a branch that runs beside its maker.

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "perdure/detail/access.hpp"
#include "perdure/detail/coroutine_rules.hpp"
#include "perdure/detail/frame.hpp"
#include "perdure/detail/runtime.hpp"

namespace perdure {

template <class T>
class task;

/// What `co_await ctx.continue_as_new(..)` seems to return. It never does; it converts to anything, so that
/// `co_return co_await ctx.continue_as_new(next);` fits every result type.
class never {
  public:
    template <class T>
    [[noreturn]] operator T() const {  // NOLINT(google-explicit-constructor)
        std::terminate();
    }

  private:
    friend struct detail::access;
    friend class continuation;
    never() = default;
};

namespace detail {

template <class T>
inline constexpr bool always_false = false;

template <class T>
struct is_task : std::false_type {};
template <class T>
struct is_task<task<T>> : std::true_type {};

/// What all promises share besides the result.
class promise_base : public frame_base {
  public:
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static final_awaiter final_suspend() noexcept { return {}; }

    template <class A>
    auto await_transform(A&& awaited, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                         const char* function = __builtin_FUNCTION()) {
        using type = std::remove_cvref_t<A>;
        if constexpr (is_task<type>::value && std::is_lvalue_reference_v<A>) {
            static_assert(
                always_false<A>,
                "perdure: a task is awaited once, as an rvalue: write co_await std::move(work), or await the call itself");
        } else if constexpr (!access::awaitable<type>) {
            static_assert(
                always_false<A>,
                "perdure: workflow code awaits only durable operations of its context (calls, timers, messages), tasks and "
                "combinators of these; move this work into an activity and call that");
        } else {
            return access::awaiter(type(std::forward<A>(awaited)), *this, make_site(file, line, function));
        }
    }
};

template <class T>
class promise : public promise_base {
  public:
    task<T> get_return_object() noexcept;
    template <class U>
        requires std::convertible_to<U&&, T> && (!std::same_as<std::remove_cvref_t<U>, never>)
    void return_value(U&& value, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                      const char* function = __builtin_FUNCTION()) {
        waiting_at = make_site(file, line, function);
        value_.emplace(std::forward<U>(value));
    }
    void return_value(const never&) noexcept { std::terminate(); }
    void return_value(T&& value, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                      const char* function = __builtin_FUNCTION()) {
        waiting_at = make_site(file, line, function);
        value_.emplace(std::move(value));
    }
    [[nodiscard]] T take() { return std::move(*value_); }

  private:
    std::optional<T> value_;
};

template <>
class promise<void> : public promise_base {
  public:
    task<void> get_return_object() noexcept;
    static void return_void() noexcept {}
    static void take() noexcept {}
};

/// Awaits a task: its coroutine runs next, and its frame goes when the result has been taken.
template <class T>
class task_awaiter {
  public:
    task_awaiter(promise<T>& child, frame_base& parent, const site& at) noexcept : child_(child), parent_(parent), at_(at) {}
    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept { await_child(child_, parent_, at_); }
    T await_resume() {
        release_frame(child_);
        if (child_.error) std::rethrow_exception(std::exchange(child_.error, nullptr));
        return child_.take();
    }

  private:
    promise<T>& child_;
    frame_base& parent_;
    site at_;
};

template <class T>
class op_awaiter {
  public:
    op_awaiter(op_ref op, frame_base& parent, const site& at) noexcept : op_(op), parent_(parent), at_(at) {}
    [[nodiscard]] bool await_ready() const { return op_ready(op_); }
    void await_suspend(std::coroutine_handle<>) { op_wait(op_, parent_, at_); }
    T await_resume() { return decode_result<T>(op_take(op_)); }

  private:
    op_ref op_;
    frame_base& parent_;
    site at_;
};

template <class T>
class join_awaiter {
  public:
    join_awaiter(branch_ref branch, frame_base& parent, const site& at) noexcept : branch_(branch), parent_(parent), at_(at) {}
    [[nodiscard]] bool await_ready() const { return branch_ready(branch_); }
    void await_suspend(std::coroutine_handle<>) { branch_wait(branch_, parent_, at_); }
    T await_resume() { return static_cast<promise<T>&>(branch_take(branch_)).take(); }

  private:
    branch_ref branch_;
    frame_base& parent_;
    site at_;
};

}  // namespace detail

/// A workflow coroutine that has not started. It runs when it is awaited (`co_await std::move(t)`), spawned (`ctx.spawn`) or
/// given to a combinator, once.
///
/// Move-only, and it owns nothing: the run owns the frame, so a task that is dropped keeps its frame until the run ends and is
/// reported then. One thread: that of its run.
template <class T = void>
class [[nodiscard]] task {
  public:
    using promise_type = detail::promise<T>;
    using value_type = T;

    task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    task& operator=(task&& other) noexcept {
        frame_ = std::exchange(other.frame_, nullptr);
        return *this;
    }
    task(const task&) = delete;
    task& operator=(const task&) = delete;
    ~task() = default;

  private:
    friend struct detail::access;
    friend class detail::promise<T>;

    explicit task(detail::promise<T>& frame) noexcept : frame_(&frame) {}
    detail::promise<T>& release() {
        if (frame_ == nullptr) detail::refuse_empty_task();
        return *std::exchange(frame_, nullptr);
    }
    detail::task_awaiter<T> make_awaiter(detail::frame_base& parent, const detail::site& at) && {
        return {release(), parent, at};
    }

    detail::promise<T>* frame_;
};

/// A durable operation that has been started and may be awaited once, now or later. Copies stand for the same operation.
///
/// 16 bytes, owns nothing, trivially destructible: dropping it does not cancel the operation.
template <class T = void>
class [[nodiscard]] op {
  public:
    using value_type = T;

    /// Whether awaiting it would not suspend.
    [[nodiscard]] bool ready() const { return detail::op_ready(ref_); }

  private:
    friend struct detail::access;

    explicit op(detail::op_ref ref) noexcept : ref_(ref) {}
    detail::op_awaiter<T> make_awaiter(detail::frame_base& parent, const detail::site& at) && { return {ref_, parent, at}; }

    detail::op_ref ref_;
};

/// A branch that was started with `ctx.spawn`. Copies stand for the same branch.
template <class T = void>
class handle {
  public:
    using value_type = T;

    /// What `co_await h.join()` waits for: the branch's end. Gives its result or throws its failure, once.
    class [[nodiscard]] joining {
      public:
        using value_type = T;

      private:
        friend struct detail::access;
        friend class handle;
        explicit joining(detail::branch_ref ref) noexcept : ref_(ref) {}
        detail::join_awaiter<T> make_awaiter(detail::frame_base& parent, const detail::site& at) && { return {ref_, parent, at}; }

        detail::branch_ref ref_;
    };

    [[nodiscard]] joining join() const noexcept { return joining(ref_); }

    /// Cancels what the branch waits for, apart from shielded work. It goes on running and ends as its code decides.
    void cancel(std::string_view reason = "cancelled by the workflow") const { detail::branch_cancel(ref_, reason); }

    /// Whether the branch has ended.
    [[nodiscard]] bool ready() const { return detail::branch_ready(ref_); }

  private:
    friend struct detail::access;

    explicit handle(detail::branch_ref ref) noexcept : ref_(ref) {}

    detail::branch_ref ref_;
};

namespace detail {

template <class T>
task<T> promise<T>::get_return_object() noexcept {
    self = std::coroutine_handle<promise>::from_promise(*this);
    return task<T>(*this);
}

inline task<void> promise<void>::get_return_object() noexcept {
    self = std::coroutine_handle<promise>::from_promise(*this);
    return task<void>(*this);
}

/// The promise of a lambda's coroutine: checks the captures once the lambda is known in full.
template <class Promise, class Lambda>
class lambda_promise final : public Promise {
  public:
    auto get_return_object() noexcept -> decltype(std::declval<Promise&>().get_return_object()) {
        static_assert(check_captures<Lambda>());
        auto made = Promise::get_return_object();
        this->self = std::coroutine_handle<lambda_promise>::from_promise(*this);
        return made;
    }
};

static_assert(std::is_trivially_destructible_v<task<int>> && std::is_trivially_destructible_v<op<int>> &&
                  std::is_trivially_copyable_v<op<int>> && sizeof(op<int>) == 16,
              "handles own nothing, so that dropping a frame cannot reach into the run");

}  // namespace detail
}  // namespace perdure

/// Checks the parameters of every workflow coroutine before it compiles.
template <class T, class... Args>
struct std::coroutine_traits<perdure::task<T>, Args...> {
    static_assert(perdure::detail::check_coroutine<Args...>());
    using lambda = typename perdure::detail::lambda_of<Args...>::type;
    using promise_type = std::conditional_t<std::is_void_v<lambda>, perdure::detail::promise<T>,
                                            perdure::detail::lambda_promise<perdure::detail::promise<T>, lambda>>;
};
