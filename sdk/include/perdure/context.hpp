#pragma once

/// @file
/// What workflow code does durable things with. Every coroutine of a workflow takes a `perdure::context` by value as its first
/// parameter; it is 16 bytes and says which run and which cancellation scope.

#include <array>
#include <chrono>
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <perdure/options.hpp>

#include "perdure/clock.hpp"
#include "perdure/detail/access.hpp"
#include "perdure/detail/context_calls.hpp"
#include "perdure/info.hpp"
#include "perdure/log.hpp"
#include "perdure/mailbox.hpp"
#include "perdure/random.hpp"
#include "perdure/task.hpp"

namespace perdure {

class scope;
class shielded_context;
class activity_context;
template <class A>
class timed;
class continuation;

/// A counter of the worker's metrics. Silent in replay.
class counter {
  public:
    void add(double amount = 1) const { detail::run_count(ref_, name_, amount); }

  private:
    friend class context;
    counter(detail::context_ref ref, std::string_view name) noexcept : ref_(ref), name_(name) {}

    detail::context_ref ref_;
    std::string_view name_;
};

/// The way from workflow code to everything durable. Copy it freely; a context of another scope is another choice of what can be
/// cancelled.
///
/// Every operation checks that it is called on the thread that executes this very run, and throws misuse_error otherwise.
class context {
  public:
    /// Starts an activity and gives the operation; `co_await` gives its result. The input is encoded before this returns.
    /// Throws payload_error if it cannot be encoded, misuse_error if the options cannot work.
    /// Awaiting throws activity_failure, or cancelled_error if its scope was cancelled.
    template <detail::any_activity A>
        requires(!std::is_void_v<typename A::input>)
    op<typename A::result> call(const A& activity, const std::type_identity_t<typename A::input>& input,
                                const activity_options& options, const char* file = __builtin_FILE(),
                                std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) const {
        return start(activity, arguments{detail::encode_arguments(input)}, options, detail::make_site(file, line, function));
    }
    /// An activity without input.
    template <detail::any_activity A>
        requires std::is_void_v<typename A::input>
    op<typename A::result> call(const A& activity, const activity_options& options, const char* file = __builtin_FILE(),
                                std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) const {
        return start(activity, arguments{}, options, detail::make_site(file, line, function));
    }
    /// An activity that has options of its own, see `activity::with`.
    template <class A>
        requires(!std::is_void_v<typename A::input>)
    op<typename A::result> call(const activity_with_options<A>& activity, const std::type_identity_t<typename A::input>& input,
                                const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                const char* function = __builtin_FUNCTION()) const {
        return start(activity, arguments{detail::encode_arguments(input)}, activity.options,
                     detail::make_site(file, line, function));
    }
    template <class A>
        requires std::is_void_v<typename A::input>
    op<typename A::result> call(const activity_with_options<A>& activity, const char* file = __builtin_FILE(),
                                std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) const {
        return start(activity, arguments{}, activity.options, detail::make_site(file, line, function));
    }
    /// Everything else is a mistake, and says which.
    template <class A, class... Rest>
        requires detail::wrong_call<A, Rest...>
    op<typename A::result> call(const A&, const Rest&...) const {
        static_assert(detail::explain_wrong_call<A, Rest...>());
    }

    /// A durable timer. A delay of 0 or less is over at once and leaves no trace.
    [[nodiscard]] op<void> sleep(std::chrono::milliseconds delay, const char* file = __builtin_FILE(),
                                 std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) const {
        return detail::access::make<op<void>>(detail::issue_timer(ref_, delay, detail::make_site(file, line, function)));
    }
    [[nodiscard]] op<void> sleep_until(time_point due, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                       const char* function = __builtin_FUNCTION()) const {
        return sleep(std::chrono::ceil<std::chrono::milliseconds>(due - now()), file, line, function);
    }

    /// Waits until the predicate is true. It is asked whenever the run has nothing else to do, in the order of the calls, and
    /// must be cheap, const and must not change anything. It may capture `this` and plain values, nothing that owns.
    template <class F>
    [[nodiscard]] op<void> wait_until(F predicate, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                      const char* function = __builtin_FUNCTION()) const {
        static_assert(std::is_trivially_destructible_v<F>,
                      "perdure: the closure of wait_until must own nothing: capture this, references to members or plain values");
        static_assert(std::is_invocable_r_v<bool, const F&> && !detail::returns_task<F>,
                      "perdure: the predicate of wait_until takes nothing and returns bool, without waiting itself");
        void* kept = detail::run_allocate(ref_, sizeof(F), alignof(F));
        ::new (kept) F(std::move(predicate));
        const detail::condition test{.test = [](const void* stored) -> bool { return (*static_cast<const F*>(stored))(); },
                                     .closure = kept,
                                     .size = sizeof(F),
                                     .alignment = alignof(F)};
        return detail::access::make<op<void>>(detail::issue_condition(ref_, test, detail::make_site(file, line, function)));
    }

    /// The next message of a mailbox. A receive that is cancelled, or loses a race, has consumed nothing.
    template <class T>
    [[nodiscard]] op<T> receive(mailbox<T>& box, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                const char* function = __builtin_FUNCTION()) const {
        return detail::access::make<op<T>>(detail::issue_receive(ref_, box, detail::make_site(file, line, function)));
    }

    /// Limits the time of an operation, a task or a join; awaiting gives std::optional of its result (bool for void): none when
    /// the time ran out first, and the work is cancelled then. The time runs from this call.
    template <class A>
    [[nodiscard]] auto timeout(std::chrono::milliseconds limit, A&& work, const char* file = __builtin_FILE(),
                               std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) const;

    /// Starts a task as a branch of its own. It is part of this context's scope. A failure that nobody joins fails the workflow
    /// when `run` returns; a branch that still runs then is dropped.
    template <class T>
    handle<T> spawn(task<T>&& work, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                    const char* function = __builtin_FUNCTION()) const {
        return detail::access::make<handle<T>>(
            detail::branch_spawn(ref_, detail::access::release(work), detail::make_site(file, line, function)));
    }

    /// A scope inside this one.
    [[nodiscard]] scope open_scope() const;

    /// A context that the cancellation of this one does not reach: for cleanup and undo.
    [[nodiscard]] shielded_context shielded() const;

    /// A context whose scope is cancelled when the time has passed.
    [[nodiscard]] context with_deadline(std::chrono::milliseconds limit, const char* file = __builtin_FILE(),
                                        std::uint32_t line = __builtin_LINE(),
                                        const char* function = __builtin_FUNCTION()) const {
        return context(detail::scope_deadline(ref_, limit, detail::make_site(file, line, function)));
    }

    /// Whether this context's scope, or the branch that asks, has been cancelled.
    [[nodiscard]] bool stop_requested() const { return detail::scope_stopped(ref_); }

    /// Ends, without an error, when this context's scope is cancelled.
    [[nodiscard]] op<void> cancelled(const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                     const char* function = __builtin_FUNCTION()) const {
        return detail::access::make<op<void>>(detail::issue_cancelled(ref_, detail::make_site(file, line, function)));
    }

    /// Ends when no handler coroutine is running.
    [[nodiscard]] op<void> handlers_idle(const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
                                         const char* function = __builtin_FUNCTION()) const {
        return detail::access::make<op<void>>(detail::issue_handlers_idle(ref_, detail::make_site(file, line, function)));
    }

    /// Ends this run and starts the next with this input: `co_return co_await ctx.continue_as_new(next);`. Never resumes. Waits
    /// for handlers first; unread messages and the compensations of the workflow's sagas go to the next run.
    /// The input must be of the contract's input type; misuse_error otherwise.
    template <class In>
    [[nodiscard]] continuation continue_as_new(const In& next) const;
    [[nodiscard]] continuation continue_as_new() const;

    /// Whether the history has grown so long that a new run is advisable.
    [[nodiscard]] bool should_continue_as_new() const { return detail::should_continue_as_new(ref_); }

    /// Runs a function once, live, and records what it returns; replay gives the recorded value. For small facts from outside
    /// (a feature flag, entropy); anything that can fail or take time is an activity.
    template <fixed_string Name, class F>
    [[nodiscard]] auto side_effect(F) const {
        static_assert(
            std::is_empty_v<F> && std::is_default_constructible_v<F>,
            "perdure: a side effect captures nothing, so that it cannot depend on workflow state: write a captureless lambda");
        using result = std::invoke_result_t<F&>;
        static_assert(!std::is_void_v<result> && !detail::returns_task<F>,
                      "perdure: a side effect is a plain function that returns the value to record");
        static_assert(detail::check_payload<result>());
        return detail::decode_result<result>(
            detail::side_effect(ref_, Name.view(), [] { return arguments{detail::encode_arguments(F{}())}; }));
    }

    /// As side_effect, for a value that is asked for often: it is recorded only when it differs from the last one.
    template <fixed_string Name, class F>
    [[nodiscard]] auto mutable_side_effect(F) const {
        static_assert(
            std::is_empty_v<F> && std::is_default_constructible_v<F>,
            "perdure: a side effect captures nothing, so that it cannot depend on workflow state: write a captureless lambda");
        using result = std::invoke_result_t<F&>;
        static_assert(!std::is_void_v<result> && !detail::returns_task<F>,
                      "perdure: a side effect is a plain function that returns the value to record");
        static_assert(detail::check_payload<result>());
        return detail::decode_result<result>(
            detail::mutable_side_effect(ref_, Name.view(), [] { return arguments{detail::encode_arguments(F{}())}; }));
    }

    /// Whether this run goes the new path of a change: true for runs that come here for the first time, which is recorded, and
    /// for runs that have recorded it; false for runs that went by here before the change. A run keeps its answer for life,
    /// so a loop does not change over in the middle.
    ///
    ///     if (ctx.patched(check_risk)) co_await ctx.call(act::check_risk, order, quick);
    template <fixed_string Name>
    [[nodiscard]] bool patched(const patch<Name>&) const {
        return detail::run_patched(ref_, Name.view());
    }

    /// Says that the old path of a change is gone. Deploy it when no run is open that went the old path; once those that
    /// recorded the change are past their retention, remove this line and the patch too.
    template <fixed_string Name>
    void deprecate(const patch<Name>&) const noexcept {}

    /// The time of the present workflow task. It stands still while workflow code runs.
    [[nodiscard]] time_point now() const { return time_point(std::chrono::nanoseconds(detail::run_now_ns(ref_))); }

    [[nodiscard]] random_source random() const { return detail::access::make<random_source>(ref_); }

    /// A version 4 UUID from the run's random sequence.
    [[nodiscard]] std::string uuid4() const { return detail::run_uuid4(ref_, {}); }
    /// A version 4 UUID of a purpose: the n-th of its name, whatever else the run draws. Use it for idempotency keys.
    [[nodiscard]] std::string uuid4(std::string_view purpose) const { return detail::run_uuid4(ref_, purpose); }

    /// Writes to the worker's log. Silent in replay.
    template <std::same_as<kv>... Field>
    void log(log_level level, std::string_view message, const Field&... fields) const {
        const std::array<kv, sizeof...(Field)> all{fields...};
        detail::run_log(ref_, level, message, all);
    }

    [[nodiscard]] const workflow_info& info() const { return detail::run_info(ref_); }

    /// A counter of the worker's metrics. The name must be a literal or outlive the counter.
    [[nodiscard]] perdure::counter counter(std::string_view name) const noexcept { return {ref_, name}; }

    /// A copy of the text that lives as long as the run, for options that hold views.
    [[nodiscard]] std::string_view intern(std::string_view text) const { return detail::run_intern(ref_, text); }

  protected:
    friend struct detail::access;
    explicit context(detail::context_ref ref) noexcept : ref_(ref) {}

    template <class A>
    op<typename A::result> start(const A& activity, arguments input, const activity_options& options,
                                 const detail::site& at) const {
        return detail::access::make<op<typename A::result>>(
            detail::issue_activity(ref_, activity.name, std::move(input), options, at));
    }

    detail::context_ref ref_;
};

/// A context that cannot be cancelled from outside. What undoes things asks for this type.
class shielded_context {
  public:
    operator context() const noexcept { return plain_; }  // NOLINT(google-explicit-constructor): it is a context
    [[nodiscard]] context ctx() const noexcept { return plain_; }

  private:
    friend struct detail::access;
    explicit shielded_context(detail::context_ref ref) noexcept : plain_(detail::access::make<context>(ref)) {}

    context plain_;
};

inline shielded_context context::shielded() const { return detail::access::make<shielded_context>(detail::scope_shield(ref_)); }

/// What a query may ask of its run besides the object. Read-only.
class view {
  public:
    [[nodiscard]] time_point now() const { return time_point(std::chrono::nanoseconds(detail::run_now_ns(ref_))); }
    [[nodiscard]] const workflow_info& info() const { return detail::run_info(ref_); }
    [[nodiscard]] std::int64_t history_length() const { return info().history_length; }

  private:
    friend struct detail::access;
    explicit view(detail::context_ref ref) noexcept : ref_(ref) {}

    detail::context_ref ref_;
};

/// What `context::continue_as_new` gives; to be awaited at once.
class [[nodiscard]] continuation {
  public:
    using value_type = never;

  private:
    friend class context;
    friend struct detail::access;

    struct awaiter {
        detail::context_ref ref;
        arguments input;
        detail::frame_base& parent;
        detail::site at;
        static bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<>) { detail::continue_as_new(ref, std::move(input), parent, at); }
        static never await_resume() noexcept { return {}; }
    };

    continuation(detail::context_ref ref, arguments input) noexcept : ref_(ref), input_(std::move(input)) {}
    awaiter make_awaiter(detail::frame_base& parent, const detail::site& at) && { return {ref_, std::move(input_), parent, at}; }

    detail::context_ref ref_;
    arguments input_;
};

template <class In>
continuation context::continue_as_new(const In& next) const {
    detail::check_successor(ref_, detail::type_tag<In>(), detail::type_name<In>());
    return {ref_, arguments{detail::encode_arguments(next)}};
}
inline continuation context::continue_as_new() const {
    detail::check_successor(ref_, detail::type_tag<void>(), "nothing");
    return {ref_, arguments{}};
}

static_assert(sizeof(context) == 16 && std::is_trivially_copyable_v<context> && std::is_trivially_destructible_v<context>,
              "a context is passed by value everywhere");

}  // namespace perdure
