#include "perdure/detail/combine.hpp"

#include <string>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {
namespace {

constexpr std::string_view lost_race = "another branch of the race was first";
constexpr std::string_view sibling_failed = "another branch failed";

// Notes that an operand has ended, and how.
void mark_settled(operand& row) {
    run& owner = *row.owner->owner;
    row.settled = true;
    --row.owner->open;
    if (row.kind == operand_kind::op) {
        const slot& operation = owner.slots().at(row.op.index);
        row.failed = operation.state == slot_state::failed;
        row.by_cancel = operation.cancelled;
        row.position = operation.settled;
        return;
    }
    const branch_node& branch = owner.branches().at(row.branch.index);
    row.failed = static_cast<bool>(branch.root->error);
    row.by_cancel = row.failed && is_cancelled_error(branch.root->error);
    row.position = branch.settled;
}

void detach(operand& row) {
    run& owner = *row.owner->owner;
    if (row.kind == operand_kind::op) {
        if (owner.slots().alive(row.op.index, row.op.generation)) owner.slots().at(row.op.index).waiting = nullptr;
    } else if (row.started && owner.branches().alive(row.branch.index, row.branch.generation)) {
        owner.branches().at(row.branch.index).waiting = nullptr;
    }
}

// The operand will not be asked for: cancelled if it still runs, its result forgotten.
void drop(operand& row, std::string_view reason) {
    run& owner = *row.owner->owner;
    switch (row.kind) {
        case operand_kind::op:
            owner.drop_slot(row.op, reason);
            return;
        case operand_kind::task:
            if (!row.started) {
                if (!row.settled) owner.reap_later(*row.frame);
                return;
            }
            [[fallthrough]];
        case operand_kind::branch:
            if (owner.branches().alive(row.branch.index, row.branch.generation)) owner.lose_branch(row.branch.index, reason);
            return;
    }
}

// The operand is asked for, but should end soon.
void cancel(operand& row) {
    run& owner = *row.owner->owner;
    if (row.settled) return;
    if (row.kind == operand_kind::op) {
        if (owner.slots().at(row.op.index).state == slot_state::pending) owner.cancel_slot(row.op.index, sibling_failed);
    } else if (row.started) {
        owner.cancel_branch(row.branch.index, sibling_failed);
    }
}

operand* earliest(combine& state, bool only_good, bool count_cancelled) {
    operand* best = nullptr;
    for (operand& row : state.operands) {
        if (!row.settled || (only_good && row.failed) || (!count_cancelled && row.by_cancel)) continue;
        if (best == nullptr || row.position < best->position) best = &row;
    }
    return best;
}

// Whether enough has settled; chooses the winner and stops the others.
bool is_done(combine& state) {
    switch (state.policy) {
        case combine_policy::settle:
            return state.open == 0;
        case combine_policy::peek_first:
            state.winner = earliest(state, false, true);
            return state.winner != nullptr;
        case combine_policy::first:
            // What ends because its own scope was cancelled wins nothing while others, such as an activity that is being
            // cancelled, have not had their say.
            state.winner = earliest(state, false, state.open == 0);
            return state.winner != nullptr;
        case combine_policy::first_good:
            state.winner = earliest(state, true, true);
            return state.winner != nullptr || state.open == 0;
        case combine_policy::all:
            break;
    }
    if (state.winner == nullptr) {
        for (operand& row : state.operands) {
            if (row.failed && (state.winner == nullptr || row.position < state.winner->position)) state.winner = &row;
        }
        if (state.winner != nullptr) {
            for (operand& row : state.operands) cancel(row);
        }
    }
    return state.open == 0;
}

void stop_waiting(combine& state) {
    for (operand& row : state.operands) {
        if (!row.settled) detach(row);
    }
}

void operand_settled(waiter& self, run& owner, bool front) noexcept {
    auto& row = static_cast<operand&>(self);
    combine& state = *row.owner;
    mark_settled(row);
    if (!state.waiting || !is_done(state)) return;
    state.waiting = false;
    stop_waiting(state);
    frame_base& parent = *state.parent;
    parent.waiting = wait_kind::nothing;
    parent.waiting_for = nullptr;
    owner.make_ready(parent, front);
}

void attach_running(combine& state) {
    run& owner = *state.owner;
    for (operand& row : state.operands) {
        row.wake = &operand_settled;
        row.owner = &state;
        if (row.kind == operand_kind::op) {
            static_cast<void>(checked(row.op.owner));
            if (!owner.slots().alive(row.op.index, row.op.generation)) {
                throw_misuse("an operation was given to a combinator after its result had been taken");
            }
            slot& operation = owner.slots().at(row.op.index);
            if (operation.state != slot_state::pending) {
                mark_settled(row);
            } else if (operation.waiting != nullptr) {
                throw_misuse("an operation is awaited in two places; its result is given once");
            } else {
                operation.waiting = &row;
            }
        } else if (row.kind == operand_kind::branch) {
            row.started = true;
            static_cast<void>(checked(row.branch.owner));
            if (!owner.branches().alive(row.branch.index, row.branch.generation)) {
                throw_misuse("a handle was given to a combinator after its branch had been joined or had lost a race");
            }
            branch_node& branch = owner.branches().at(row.branch.index);
            if (branch.finished) {
                mark_settled(row);
            } else if (branch.waiting != nullptr) {
                throw_misuse("a branch is joined in two places; its result is given once");
            } else {
                branch.waiting = &row;
            }
        }
    }
}

}  // namespace

bool combine_begin(combine& state, frame_base& parent, const site& at) {
    run& owner = *parent.owner;
    state.owner = &owner;
    state.parent = &parent;
    state.open = state.operands.size();
    if (state.operands.empty() && state.policy != combine_policy::all && state.policy != combine_policy::settle) {
        throw_misuse("a combinator that waits for the first of its operands was given none");
    }
    attach_running(state);
    if (is_done(state)) {
        stop_waiting(state);
        return true;
    }
    // Tasks run in the order of the list, each like a call, before this frame's siblings get their turn.
    for (auto row = state.operands.rbegin(); row != state.operands.rend(); ++row) {
        if (row->kind != operand_kind::task) continue;
        if (state.policy == combine_policy::all && state.winner != nullptr) {
            row->frame->error = make_cancelled(sibling_failed);
            row->settled = row->failed = row->by_cancel = true;
            --state.open;
            owner.reap_later(*row->frame);
            continue;
        }
        row->branch = owner.spawn(branch_kind::operand, *row->frame, no_scope, true);
        owner.branches().at(row->branch.index).waiting = &*row;
        row->started = true;
    }
    if (state.open == 0) return true;
    state.waiting = true;
    parent.state = frame_state::suspended;
    parent.waiting_at = at;
    parent.waiting = wait_kind::combinator;
    parent.waiting_for = &state;
    return false;
}

std::exception_ptr operand_error(operand& row) {
    run& owner = *row.owner->owner;
    if (row.kind == operand_kind::op) {
        const std::exception_ptr error = owner.slots().at(row.op.index).error;
        owner.release_slot(row.op.index);
        return error;
    }
    const std::exception_ptr error = owner.branches().at(row.branch.index).root->error;
    owner.release_branch(row.branch.index);
    return error;
}

void operand_rethrow(operand& row) { std::rethrow_exception(operand_error(row)); }

arguments operand_take_op(operand& row) { return row.owner->owner->take(row.op); }

frame_base& operand_take_branch(operand& row) {
    run& owner = *row.owner->owner;
    frame_base& root = *owner.branches().at(row.branch.index).root;
    owner.release_branch(row.branch.index);
    return root;
}

void combine_end(combine& state) noexcept {
    for (operand& row : state.operands) {
        if (&row != state.winner) drop(row, lost_race);
    }
}

void throw_all_failed(combine& state) {
    std::string message = "every branch failed:";
    std::shared_ptr<const failure> first;
    for (operand& row : state.operands) {
        const std::exception_ptr error = operand_error(row);
        const std::shared_ptr<const failure> seen = as_failure(error);
        if (seen == nullptr) std::rethrow_exception(error);
        message += std::string(first == nullptr ? " " : "; ") + seen->what();
        if (first == nullptr) first = seen;
    }
    application_error error(message, "AllFailed");
    error.set_cause(first);
    throw error;
}

}  // namespace perdure::detail
