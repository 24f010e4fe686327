#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string_view>

#include "perdure/detail/frame.hpp"
#include "perdure/detail/runtime.hpp"

namespace perdure::detail {

struct combine;

enum class operand_kind : std::uint8_t { op, task, branch };

/// One thing that a combinator waits for. Lives in the frame of the coroutine that awaits the combinator.
struct operand : waiter {
    combine* owner = nullptr;
    operand_kind kind = operand_kind::op;
    bool started = false;
    bool settled = false;
    bool failed = false;
    bool by_cancel = false;  // failed because its scope was cancelled
    op_ref op{};
    branch_ref branch{};
    frame_base* frame = nullptr;  // a task that has not started, then the root of its branch
    std::uint64_t position = 0;   // in the order of settlement
};

/// When a combinator is done, and what becomes of the rest.
enum class combine_policy : std::uint8_t {
    first,       // the first to settle wins, the others are cancelled and dropped
    all,         // all succeed, or the first failure cancels the others, which are waited for
    settle,      // all settle
    first_good,  // the first success wins, the others are cancelled and dropped
    peek_first,  // as `first`, but the others go on and can be waited for again
};

/// The waiting itself, without types.
struct combine {
    combine_policy policy = combine_policy::all;
    run* owner = nullptr;
    frame_base* parent = nullptr;
    std::span<operand> operands{};
    std::size_t open = 0;
    operand* winner = nullptr;  // of `first` and `first_good`; of `all`: the first failure
    bool waiting = false;
};

/// Starts the operands. True: done already, do not suspend.
[[nodiscard]] bool combine_begin(combine& state, frame_base& parent, const site& at);

/// Throws what the operand failed with.
[[noreturn]] void operand_rethrow(operand& from);
/// What it failed with, without throwing, and marks it taken.
[[nodiscard]] std::exception_ptr operand_error(operand& from);
/// The payloads of a settled operation.
[[nodiscard]] arguments operand_take_op(operand& from);
/// The finished root of a branch.
[[nodiscard]] frame_base& operand_take_branch(operand& from);
/// Frees what nobody took, after a winner was chosen or the first failure was thrown.
void combine_end(combine& state) noexcept;

/// Throws the failures of all operands as one application_error of the type "AllFailed".
[[noreturn]] void throw_all_failed(combine& state);

}  // namespace perdure::detail
