#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "api/raw_payload.hpp"
#include "perdure/detail/frame.hpp"

namespace perdure {
struct activity_options;
}

// What the templates of the public headers call. Everything here is compiled once, and everything that can be called from user
// code checks first that the calling thread is the one that runs this very workflow.
namespace perdure::detail {

/// A run and a cancellation scope of it. What a context holds.
struct context_ref {
    run* owner = nullptr;
    std::uint32_t scope = 0;
    std::uint32_t spare = 0;
};

/// A pending operation: a row of the run's table. A stale generation means that its result was taken already.
struct op_ref {
    run* owner = nullptr;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
};

/// A branch of the run: a coroutine that was spawned or that a combinator started.
struct branch_ref {
    run* owner = nullptr;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
};

/// A predicate that was moved into the run's memory. It is trivially destructible: only the storage is returned.
struct condition {
    bool (*test)(const void* closure) = nullptr;
    void* closure = nullptr;
    std::size_t size = 0;
    std::size_t alignment = 1;
};

// --- operations; each issues its command before it returns -------------------------------------------------------------------

[[nodiscard]] op_ref issue_activity(context_ref where, std::string_view name, arguments input, const activity_options& options,
                                    const site& at);
[[nodiscard]] op_ref issue_timer(context_ref where, std::chrono::milliseconds delay, const site& at);
[[nodiscard]] op_ref issue_condition(context_ref where, condition test, const site& at);
[[nodiscard]] op_ref issue_handlers_idle(context_ref where, const site& at);
[[nodiscard]] op_ref issue_cancelled(context_ref where, const site& at);

[[nodiscard]] bool op_ready(op_ref op);
void op_wait(op_ref op, frame_base& frame, const site& at);
/// Gives the result once and frees the row; throws the failure of the operation instead if it has one.
[[nodiscard]] arguments op_take(op_ref op);
/// Memory of the run, for a condition.
[[nodiscard]] void* run_allocate(context_ref where, std::size_t bytes, std::size_t alignment);
[[nodiscard]] std::string_view run_intern(context_ref where, std::string_view text);

// --- branches ----------------------------------------------------------------------------------------------------------------

[[nodiscard]] branch_ref branch_spawn(context_ref where, frame_base& root, const site& at);
[[nodiscard]] bool branch_ready(branch_ref branch);
void branch_wait(branch_ref branch, frame_base& frame, const site& at);
/// The finished root frame of the branch, whose result may be taken once; throws what the branch threw.
[[nodiscard]] frame_base& branch_take(branch_ref branch);
void branch_cancel(branch_ref branch, std::string_view reason);

// --- scopes ------------------------------------------------------------------------------------------------------------------

[[nodiscard]] context_ref scope_open(context_ref where);
[[nodiscard]] context_ref scope_shield(context_ref where);
[[nodiscard]] context_ref scope_deadline(context_ref where, std::chrono::milliseconds delay, const site& at);
void scope_cancel(context_ref scope, std::string_view reason);
[[nodiscard]] bool scope_stopped(context_ref scope);

// --- the end of the run ------------------------------------------------------------------------------------------------------

/// Asks for a successor run with this input. The frame never resumes.
void continue_as_new(context_ref where, arguments input, frame_base& frame, const site& at);
[[nodiscard]] bool should_continue_as_new(context_ref where);

// --- recorded and derived values ---------------------------------------------------------------------------------------------

using side_effect_function = arguments (*)();
[[nodiscard]] arguments side_effect(context_ref where, std::string_view name, side_effect_function make);
[[nodiscard]] arguments mutable_side_effect(context_ref where, std::string_view id, side_effect_function make);
/// Whether the run goes the new path of a patch.
[[nodiscard]] bool run_patched(context_ref where, std::string_view id);

[[nodiscard]] std::int64_t run_now_ns(context_ref where);
[[nodiscard]] std::uint64_t run_random(context_ref where);
[[nodiscard]] std::string run_uuid4(context_ref where, std::string_view purpose);

/// True for what failed the workflow rather than the workflow task.
[[nodiscard]] bool is_failure(const std::exception_ptr& error) noexcept;

}  // namespace perdure::detail
