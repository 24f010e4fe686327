#pragma once

/// @file
/// Waiting for several things at once. Combinators are classes that are constructed with braces, because the elements of a braced
/// list are evaluated from left to right, while the order of function arguments is the compiler's choice and would become
/// part of the history:
///
///     auto both  = co_await perdure::when_all{ctx.call(a, x, quick), ctx.call(b, y, quick)};
///     auto first = co_await perdure::race{ctx.receive(box), ctx.sleep(72h)};
///
/// Operands are operations, tasks (started in the order of the list) and handles. Nothing that a combinator started is still
/// running when it returns, apart from losers: they have been cancelled, and the run waits for them before it ends.

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "perdure/context.hpp"
#include "perdure/detail/combine.hpp"
#include "perdure/detail/operands.hpp"
#include "perdure/outcome.hpp"
#include "perdure/task.hpp"

namespace perdure {

/// A value and the place of the operand it came from.
template <class T>
struct indexed {
    std::size_t index = 0;
    T value{};
};
template <>
struct indexed<void> {
    std::size_t index = 0;
};

namespace detail {

/// The part of the awaiters that does not depend on what they give.
template <class Operands>
class combine_awaiter {
  public:
    combine_awaiter(Operands operands, combine_policy policy, frame_base& parent, const site& at)
        : operands_(std::move(operands)), parent_(parent), at_(at) {
        state_.policy = policy;
    }
    static bool await_ready() noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>) {
        bind_all(operands_, rows_);
        state_.operands = rows_;
        return !combine_begin(state_, parent_, at_);
    }

  protected:
    Operands operands_;
    operand_rows<Operands> rows_{};
    combine state_{};
    frame_base& parent_;
    site at_;
};

template <class Operands>
class all_awaiter : public combine_awaiter<Operands> {
  public:
    using combine_awaiter<Operands>::combine_awaiter;
    auto await_resume() {
        if (this->state_.winner != nullptr) {
            const std::exception_ptr error = operand_error(*this->state_.winner);
            combine_end(this->state_);
            std::rethrow_exception(error);
        }
        return take_values<Operands>(this->rows_);
    }
};

template <class Operands>
class settle_awaiter : public combine_awaiter<Operands> {
  public:
    using combine_awaiter<Operands>::combine_awaiter;
    auto await_resume() { return take_outcomes<Operands>(this->rows_); }
};

template <class Operands>
class first_awaiter : public combine_awaiter<Operands> {
  public:
    using combine_awaiter<Operands>::combine_awaiter;
    auto await_resume() {
        operand& winner = *this->state_.winner;
        const std::size_t index = static_cast<std::size_t>(&winner - this->rows_.data());
        combine_end(this->state_);
        if (winner.failed) operand_rethrow(winner);
        return take_winner<Operands>(winner, index);
    }
};

template <class Operands>
class first_good_awaiter : public combine_awaiter<Operands> {
  public:
    using combine_awaiter<Operands>::combine_awaiter;
    auto await_resume() {
        if (this->state_.winner == nullptr) throw_all_failed(this->state_);
        operand& winner = *this->state_.winner;
        combine_end(this->state_);
        return take_same<Operands>(winner);
    }
};

/// What users construct: operands and the way to wait for them.
template <class Operands, combine_policy Policy, template <class> class Awaiter>
class combinator {
  public:
    using value_type = decltype(std::declval<Awaiter<Operands>&>().await_resume());

    explicit combinator(Operands operands) : operands_(std::move(operands)) {}

  private:
    friend struct access;
    Awaiter<Operands> make_awaiter(frame_base& parent, const site& at) && {
        return Awaiter<Operands>(std::move(operands_), Policy, parent, at);
    }

    Operands operands_;
};

template <class... Os>
using pack = std::tuple<Os...>;

}  // namespace detail

/// All results, as a tuple (monostate for void). The first failure cancels the others, waits for them and is then thrown.
template <class... Os>
class [[nodiscard]] when_all : public detail::combinator<detail::pack<Os...>, detail::combine_policy::all, detail::all_awaiter> {
  public:
    explicit when_all(Os... operands)
        : detail::combinator<detail::pack<Os...>, detail::combine_policy::all, detail::all_awaiter>(
              detail::pack<Os...>(std::move(operands)...)) {}
};
/// All results of a vector, as a vector in the same order; nothing for void.
template <class O>
class [[nodiscard]] when_all<std::vector<O>>
    : public detail::combinator<std::vector<O>, detail::combine_policy::all, detail::all_awaiter> {
  public:
    explicit when_all(std::vector<O> operands)
        : detail::combinator<std::vector<O>, detail::combine_policy::all, detail::all_awaiter>(std::move(operands)) {}
};
template <class... Os>
when_all(Os...) -> when_all<Os...>;

/// The outcome of each, as a tuple of outcomes. Never throws the failure of a branch.
template <class... Os>
class [[nodiscard]] settle_all
    : public detail::combinator<detail::pack<Os...>, detail::combine_policy::settle, detail::settle_awaiter> {
  public:
    explicit settle_all(Os... operands)
        : detail::combinator<detail::pack<Os...>, detail::combine_policy::settle, detail::settle_awaiter>(
              detail::pack<Os...>(std::move(operands)...)) {}
};
/// The outcome of each operand of a vector, in the same order.
template <class O>
class [[nodiscard]] settle_all<std::vector<O>>
    : public detail::combinator<std::vector<O>, detail::combine_policy::settle, detail::settle_awaiter> {
  public:
    explicit settle_all(std::vector<O> operands)
        : detail::combinator<std::vector<O>, detail::combine_policy::settle, detail::settle_awaiter>(std::move(operands)) {}
};
template <class... Os>
settle_all(Os...) -> settle_all<Os...>;

/// The first to end, as a std::variant by position (monostate for void), or its failure. The others are cancelled.
/// Of operands that have ended already, the one that ended first in history wins.
template <class... Os>
class [[nodiscard]] race : public detail::combinator<detail::pack<Os...>, detail::combine_policy::first, detail::first_awaiter> {
  public:
    explicit race(Os... operands)
        : detail::combinator<detail::pack<Os...>, detail::combine_policy::first, detail::first_awaiter>(
              detail::pack<Os...>(std::move(operands)...)) {}
};
template <class... Os>
race(Os...) -> race<Os...>;

/// The first of several of one type to end: its place and its value, or its failure. The others are cancelled.
template <class O>
class [[nodiscard]] when_any : public detail::combinator<std::vector<O>, detail::combine_policy::first, detail::first_awaiter> {
  public:
    explicit when_any(std::vector<O> operands)
        : detail::combinator<std::vector<O>, detail::combine_policy::first, detail::first_awaiter>(std::move(operands)) {}
    template <std::same_as<O>... Os>
    explicit when_any(O first, Os... rest) : when_any(detail::to_vector(std::move(first), std::move(rest)...)) {}
};
template <class O>
when_any(std::vector<O>) -> when_any<O>;
template <class O, class... Os>
when_any(O, Os...) -> when_any<O>;

/// The first success. If all fail, throws one application_error of the type "AllFailed" that names every failure.
template <class O>
class [[nodiscard]] when_any_ok
    : public detail::combinator<std::vector<O>, detail::combine_policy::first_good, detail::first_good_awaiter> {
  public:
    explicit when_any_ok(std::vector<O> operands)
        : detail::combinator<std::vector<O>, detail::combine_policy::first_good, detail::first_good_awaiter>(
              std::move(operands)) {}
    template <std::same_as<O>... Os>
    explicit when_any_ok(O first, Os... rest) : when_any_ok(detail::to_vector(std::move(first), std::move(rest)...)) {}
};
template <class O>
when_any_ok(std::vector<O>) -> when_any_ok<O>;
template <class O, class... Os>
when_any_ok(O, Os...) -> when_any_ok<O>;

/// What `context::timeout` gives.
template <class A>
class [[nodiscard]] timed {
    using operands = detail::pack<A, op<void>>;
    using inner_type = typename A::value_type;

  public:
    /// std::optional of the work's result; bool, true when it ended in time, for work without one.
    using value_type =
        std::conditional_t<std::is_void_v<inner_type>, bool, std::optional<detail::value_or_monostate<inner_type>>>;

  private:
    friend class context;
    friend struct detail::access;

    class awaiter : public detail::combine_awaiter<operands> {
      public:
        using detail::combine_awaiter<operands>::combine_awaiter;
        value_type await_resume() {
            detail::operand& winner = *this->state_.winner;
            const bool in_time = &winner == this->rows_.data();
            detail::combine_end(this->state_);
            if (winner.failed) detail::operand_rethrow(winner);
            if constexpr (std::is_void_v<inner_type>) {
                detail::take_one<void>(winner);
                return in_time;
            } else {
                if (in_time) return detail::take_one<inner_type>(winner);
                detail::take_one<void>(winner);
                return std::nullopt;
            }
        }
    };

    timed(A work, op<void> timer) : operands_(std::move(work), timer) {}
    awaiter make_awaiter(detail::frame_base& parent, const detail::site& at) && {
        return awaiter(std::move(operands_), detail::combine_policy::first, parent, at);
    }

    operands operands_;
};

template <class A>
auto context::timeout(std::chrono::milliseconds limit, A&& work, const char* file, std::uint32_t line,
                      const char* function) const {
    using type = std::remove_cvref_t<A>;
    static_assert(detail::is_operand<type>, "perdure: timeout takes an operation, a task or a handle");
    static_assert(!detail::is_task<type>::value || !std::is_lvalue_reference_v<A>,
                  "perdure: a task is awaited once, as an rvalue: write ctx.timeout(limit, std::move(work))");
    return timed<type>(type(std::forward<A>(work)), sleep(limit, file, line, function));
}

/// Several operations of one type, taken one by one as they end:
///
///     perdure::in_order_of_completion quotes{std::move(ops)};
///     while (!quotes.empty()) { const auto next = co_await quotes.next(); ... }
///
/// `next()` gives the place in the vector and the value, or throws the failure of the one that ended.
template <class T>
class in_order_of_completion {
  public:
    explicit in_order_of_completion(std::vector<op<T>> ops) : left_(std::move(ops)), index_(left_.size()) {
        for (std::size_t i = 0; i < index_.size(); ++i) index_[i] = i;
    }
    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return left_.size(); }

    class [[nodiscard]] next_awaitable {
      public:
        using value_type = indexed<T>;

      private:
        friend class in_order_of_completion;
        friend struct detail::access;

        class awaiter : public detail::combine_awaiter<std::vector<op<T>>> {
          public:
            awaiter(in_order_of_completion& from, detail::frame_base& parent, const detail::site& at)
                : detail::combine_awaiter<std::vector<op<T>>>(from.left_, detail::combine_policy::peek_first, parent, at),
                  from_(from) {}
            indexed<T> await_resume() {
                detail::operand& winner = *this->state_.winner;
                const std::size_t place = static_cast<std::size_t>(&winner - this->rows_.data());
                const std::size_t index = from_.index_[place];
                from_.left_.erase(from_.left_.begin() + static_cast<std::ptrdiff_t>(place));
                from_.index_.erase(from_.index_.begin() + static_cast<std::ptrdiff_t>(place));
                if (winner.failed) detail::operand_rethrow(winner);
                if constexpr (std::is_void_v<T>) {
                    detail::take_one<void>(winner);
                    return {index};
                } else {
                    return {index, detail::take_one<T>(winner)};
                }
            }

          private:
            in_order_of_completion& from_;
        };

        explicit next_awaitable(in_order_of_completion& from) noexcept : from_(&from) {}
        awaiter make_awaiter(detail::frame_base& parent, const detail::site& at) && { return awaiter(*from_, parent, at); }

        in_order_of_completion* from_;
    };

    /// Precondition: not empty; misuse_error otherwise. The object must stay where it is until the await is over.
    [[nodiscard]] next_awaitable next() noexcept { return next_awaitable(*this); }

  private:
    std::vector<op<T>> left_;
    std::vector<std::size_t> index_;
};

namespace detail {

template <class R>
struct limited_work {
    using results = std::conditional_t<std::is_void_v<R>, std::monostate, std::vector<std::optional<value_or_monostate<R>>>>;
    std::size_t next = 0;
    results values{};
};

/// One of the workers of for_each_limit: takes items until none is left.
template <class R, class Item, class F>
task<void> work_lane(context ctx, borrowed<std::vector<Item>> items, borrowed<limited_work<R>> work, F start) {
    while (work->next < items->size()) {
        const std::size_t index = work->next++;
        if constexpr (std::is_void_v<R>) {
            co_await start(ctx, std::move((*items)[index]));
        } else {
            work->values[index].emplace(co_await start(ctx, std::move((*items)[index])));
        }
    }
}

template <class R, class Item, class F>
task<std::conditional_t<std::is_void_v<R>, void, std::vector<value_or_monostate<R>>>> run_limited(context ctx, std::size_t limit,
                                                                                                  std::vector<Item> items,
                                                                                                  F start) {
    limited_work<R> work;
    if constexpr (!std::is_void_v<R>) work.values.resize(items.size());
    std::vector<task<void>> lanes;
    for (std::size_t i = 0; i < limit && i < items.size(); ++i) lanes.push_back(work_lane<R, Item, F>(ctx, items, work, start));
    co_await when_all{std::move(lanes)};
    if constexpr (!std::is_void_v<R>) {
        std::vector<value_or_monostate<R>> values;
        values.reserve(items.size());
        for (auto& value : work.values) values.push_back(*std::move(value));
        co_return values;
    }
}

/// Calls a member coroutine of an object that outlives the run's frames.
template <class Member, class Object>
struct member_call {
    Member member;
    Object* object;
    template <class Item>
    auto operator()(context ctx, Item item) const {
        return (object->*member)(ctx, std::move(item));
    }
};

}  // namespace detail

/// Runs a coroutine for each item, at most `limit` at a time, started in the order of the items. `work` is a function
/// `task<R>(context, Item)`. Gives the results in the order of the items (nothing for void); the first failure cancels the
/// rest, waits for it and is thrown. A limit of 0 counts as 1.
template <class Item, class R, class Arg>
[[nodiscard]] auto for_each_limit(context ctx, std::size_t limit, std::vector<Item> items, task<R> (*work)(context, Arg)) {
    return detail::run_limited<R, Item>(ctx, limit == 0 ? 1 : limit, std::move(items), work);
}
/// The same with a member coroutine of the workflow or of a workflow_part: `for_each_limit(ctx, 8, lines, &W::ship, this)`.
template <class Item, class R, class Arg, class Class, class Object>
[[nodiscard]] auto for_each_limit(context ctx, std::size_t limit, std::vector<Item> items, task<R> (Class::*work)(context, Arg),
                                  Object* object) {
    static_assert(
        detail::workflow_home<Object>,
        "perdure: the object of for_each_limit must be the workflow or a workflow_part, which outlive the run's coroutines");
    return detail::run_limited<R, Item>(ctx, limit == 0 ? 1 : limit, std::move(items),
                                        detail::member_call<task<R> (Class::*)(context, Arg), Object>{work, object});
}
/// A closure as the work could dangle: it would live in the frame that may be gone.
template <class Item, class F>
    requires detail::looks_like_closure<F>
void for_each_limit(context, std::size_t, std::vector<Item>, F) {
    static_assert(
        detail::always_false<F>,
        "perdure: for_each_limit takes a function or a member function with its object, not a lambda: captures die at the "
        "first co_await");
}

}  // namespace perdure
