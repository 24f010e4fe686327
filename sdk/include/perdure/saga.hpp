#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <perdure/contract.hpp>
#include <perdure/options.hpp>

#include "perdure/context.hpp"
#include "perdure/outcome.hpp"
#include "perdure/task.hpp"

namespace perdure {

/// One compensation, as data.
struct saga_entry {
    /// What `forget` knows it by; the activity's name unless `key` said otherwise.
    std::string key{};
    std::string activity{};
    /// Neighbours of the same group are undone at the same time; empty for one after the other.
    std::string group{};
    /// The encoded call.
    std::string call{};
    /// Where it was added; unknown after continue-as-new.
    detail::site at{};
};

/// A compensation that could not be made.
struct failed_undo {
    std::string key{};
    std::string activity{};
    std::exception_ptr error{};
};

/// What `saga::compensate` did.
struct undo_report {
    /// The keys of what was undone, in order.
    std::vector<std::string> undone{};
    std::vector<failed_undo> failed{};

    /// Whether everything that was registered has been undone.
    [[nodiscard]] bool complete() const noexcept { return failed.empty(); }
    /// One line for people: what was undone, and what not and why.
    [[nodiscard]] std::string text() const;
};

class saga;

namespace detail {

struct debug_access;

[[nodiscard]] std::string prepare_activity(std::string_view name, arguments input, const activity_options& options);
[[nodiscard]] op_ref issue_prepared(context_ref where, const std::string& call, const site& at);
[[nodiscard]] task<undo_report> compensate(shielded_context ctx, borrowed<saga> undo);

}  // namespace detail

/// The compensations of a workflow: which activities undo what has been done so far. A member of the workflow.
///
/// Register before acting. A step that timed out may have happened all the same, so the undo must be on record before the step
/// begins; therefore the workflow chooses the key of a step (`ctx.uuid4("hold")`), both the step and its undo carry it, and the
/// undo accepts that the step never happened.
///
/// Compensations are data: they capture nothing, survive continue-as-new, and the query __status shows them.
class saga {
  public:
    /// What `add` gives, to say more about the compensation just added.
    class added {
      public:
        /// The name by which `forget` finds it.
        added key(std::string name) const;
        /// Neighbours in the same group are independent of each other and undone at the same time.
        added parallel_group(std::string name = "parallel") const;

      private:
        friend class saga;
        added(saga& owner, std::size_t index) noexcept : owner_(&owner), index_(index) {}
        saga* owner_;
        std::size_t index_;
    };

    saga();
    ~saga();
    saga(const saga&) = delete;
    saga& operator=(const saga&) = delete;

    /// Registers an activity with its input, which is encoded now. `undo` usually never gives up: no limit of attempts.
    /// Throws payload_error if the input cannot be encoded, misuse_error if the options cannot work.
    template <detail::any_activity A>
        requires(!std::is_void_v<typename A::input>)
    added add(const A& activity, const std::type_identity_t<typename A::input>& input, const activity_options& undo,
              const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE(),
              const char* function = __builtin_FUNCTION()) {
        return push(activity.name, arguments{detail::encode_arguments(input)}, undo, detail::make_site(file, line, function));
    }
    template <detail::any_activity A>
        requires std::is_void_v<typename A::input>
    added add(const A& activity, const activity_options& undo, const char* file = __builtin_FILE(),
              std::uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) {
        return push(activity.name, arguments{}, undo, detail::make_site(file, line, function));
    }

    /// Drops the compensations with this key, after a point of no return. Unknown keys are ignored.
    void forget(std::string_view key);
    void forget_all() noexcept { entries_.clear(); }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] const std::vector<saga_entry>& entries() const noexcept { return entries_; }

    /// Undoes everything in reverse order. A compensation that fails for good does not stop the others; the report names it.
    [[nodiscard]] task<undo_report> compensate(shielded_context ctx) { return detail::compensate(ctx, *this); }
    template <std::same_as<context> C>
    task<undo_report> compensate(C) {
        static_assert(detail::always_false<C>,
                      "perdure: an undo must not be cancelled by what it undoes: write compensate(ctx.shielded())");
    }

  private:
    friend class detail::run;
    friend struct detail::debug_access;
    friend task<undo_report> detail::compensate(shielded_context ctx, borrowed<saga> undo);

    added push(std::string_view name, arguments input, const activity_options& options, const detail::site& at);

    std::vector<saga_entry> entries_;
    detail::run* owner_ = nullptr;
};

/// Runs the work; if it fails, undoes what the saga has on record and throws the original failure, with what could not be
/// undone attached.
template <class T>
[[nodiscard]] task<T> guarded(context ctx, borrowed<saga> undo, task<T> work) {
    auto done = co_await outcome_of(std::move(work));
    if (done) {
        if constexpr (std::is_void_v<T>) {
            co_return;
        } else {
            co_return *std::move(done);
        }
    }
    const undo_report undone = co_await undo->compensate(ctx.shielded());
    done.rethrow(undone);
}

/// Runs the body and then, whatever became of it, the cleanup; build the cleanup with a shielded context, or a cancel stops it
/// too. Gives the body's result or failure; a failure of the cleanup counts only if the body succeeded.
template <class T>
[[nodiscard]] task<T> with_cleanup(context, task<T> body, task<void> cleanup) {
    auto done = co_await outcome_of(std::move(body));
    auto cleaned = co_await outcome_of(std::move(cleanup));
    if (!done) done.rethrow();
    if (!cleaned) cleaned.rethrow();
    if constexpr (!std::is_void_v<T>) co_return *std::move(done);
}

}  // namespace perdure
