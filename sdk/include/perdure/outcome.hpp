#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <perdure/errors.hpp>

#include "perdure/task.hpp"

namespace perdure {

struct undo_report;

namespace detail {

[[noreturn]] void rethrow_with_undo(const std::exception_ptr& error, const undo_report& undone);
[[noreturn]] void refuse_outcome_access(bool has_value);

/// What the outcomes of all types share.
class outcome_base {
  public:
    /// Throws the failure. Precondition: there is one; throws misuse_error otherwise.
    [[noreturn]] void rethrow() const {
        if (!error_) refuse_outcome_access(true);
        std::rethrow_exception(error_);
    }
    /// Throws the failure with its own type; what could not be undone is attached at the end of its chain of causes.
    [[noreturn]] void rethrow(const undo_report& undone) const {
        if (!error_) refuse_outcome_access(true);
        rethrow_with_undo(error_, undone);
    }
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return error_; }

    /// Whether it ended because it was cancelled.
    [[nodiscard]] bool cancelled() const { return caused_by<cancelled_error>(); }

    /// Whether it failed with E, or because of one.
    template <class E>
    [[nodiscard]] bool caused_by() const {
        if (!error_) return false;
        try {
            std::rethrow_exception(error_);
        } catch (const failure& seen) {
            return seen.template caused_by<E>();
        } catch (...) {
            return false;
        }
    }

  protected:
    outcome_base() = default;
    explicit outcome_base(std::exception_ptr error) noexcept : error_(std::move(error)) {}

    std::exception_ptr error_{};
};

}  // namespace detail

/// A value, or the failure that stands in its place. Member names are those of std::expected.
template <class T = void>
class [[nodiscard]] outcome : public detail::outcome_base {
  public:
    using value_type = T;

    outcome(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    /// Precondition: `error` holds a failure.
    explicit outcome(std::exception_ptr error) noexcept : outcome_base(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws the failure if there is none.
    [[nodiscard]] T& value() & {
        check();
        return *value_;
    }
    [[nodiscard]] const T& value() const& {
        check();
        return *value_;
    }
    [[nodiscard]] T value() && {
        check();
        return *std::move(value_);
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

  private:
    void check() const {
        if (!value_) rethrow();
    }

    std::optional<T> value_{};
};

template <>
class [[nodiscard]] outcome<void> : public detail::outcome_base {
  public:
    using value_type = void;

    outcome() = default;
    explicit outcome(std::exception_ptr error) noexcept : outcome_base(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const {
        if (error_) rethrow();
    }
    void operator*() const { value(); }
};

namespace detail {

/// Awaits like `Awaiter` and catches failures. Other exceptions go on: they are mistakes of the code, which must not be taken
/// for outcomes of the business and start an undo.
template <class T, class Awaiter>
class outcome_awaiter {
  public:
    explicit outcome_awaiter(Awaiter inner) noexcept : inner_(std::move(inner)) {}
    [[nodiscard]] bool await_ready() { return inner_.await_ready(); }
    auto await_suspend(std::coroutine_handle<> parent) { return inner_.await_suspend(parent); }
    outcome<T> await_resume() {
        try {
            if constexpr (std::is_void_v<T>) {
                inner_.await_resume();
                return {};
            } else {
                return inner_.await_resume();
            }
        } catch (const failure&) {
            return outcome<T>(std::current_exception());
        }
    }

  private:
    Awaiter inner_;
};

template <class A>
class [[nodiscard]] outcome_awaitable {
  public:
    using value_type = outcome<typename A::value_type>;

  private:
    template <class B>
    friend outcome_awaitable<B> make_outcome_awaitable(B awaited);
    friend struct access;

    explicit outcome_awaitable(A awaited) noexcept : awaited_(std::move(awaited)) {}
    auto make_awaiter(frame_base& parent, const site& at) && {
        auto inner = access::awaiter(std::move(awaited_), parent, at);
        return outcome_awaiter<typename A::value_type, decltype(inner)>(std::move(inner));
    }

    A awaited_;
};

template <class B>
outcome_awaitable<B> make_outcome_awaitable(B awaited) {
    return outcome_awaitable<B>(std::move(awaited));
}

}  // namespace detail

/// Awaits a task, an operation, a join or a combinator and gives its failure as a value, because `co_await` is not allowed in a
/// catch handler:
///
///     auto done = co_await perdure::outcome_of(fulfil(ctx, order));
///     if (!done) co_await undo(ctx);
///
/// Exceptions outside of the family of `failure` are not outcomes; they pass through and fail the workflow task.
template <class A>
    requires detail::access::awaitable<std::remove_cvref_t<A>>
[[nodiscard]] auto outcome_of(A&& awaited) {
    using type = std::remove_cvref_t<A>;
    static_assert(!detail::is_task<type>::value || !std::is_lvalue_reference_v<A>,
                  "perdure: a task is awaited once, as an rvalue: write outcome_of(std::move(work))");
    return detail::make_outcome_awaitable<type>(type(std::forward<A>(awaited)));
}

}  // namespace perdure
