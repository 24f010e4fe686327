#include <algorithm>
#include <utility>

#include <perdure/errors.hpp>

#include "api/proto.hpp"
#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/run.hpp"

// Cancellation: which operations it reaches, and what it does to each kind.

namespace perdure::detail {

const std::string* run::why_cancelled(std::uint32_t scope, std::uint32_t branch) const noexcept {
    if (const scope_node* node = scopes_.cancelled_above(scope)) return &node->reason;
    return branches_.cancelled_above(branch, scopes_.shield_birth(scope), scopes_);
}

void run::cancel_scope(std::uint32_t scope, std::string_view reason) {
    scope_node& node = scopes_.at(scope);
    if (node.cancelled) return;
    node.cancelled = true;
    node.reason = reason;
    cancel_pending();
}

void run::cancel_branch(std::uint32_t branch, std::string_view reason) {
    branch_node& row = branches_.at(branch);
    if (row.finished || row.cancelled) return;
    row.cancelled = true;
    row.reason = reason;
    if (row.root != nullptr && !row.root->begun) {
        std::erase(ready_, row.root);
        row.root->error = make_cancelled(reason);
        row.root->state = frame_state::finished;
        branch_finished(branch, false);
        return;
    }
    cancel_pending();
}

void run::lose_branch(std::uint32_t branch, std::string_view reason) {
    branch_node& row = branches_.at(branch);
    row.waiting = nullptr;
    if (row.finished) {
        if (row.root->error && !fails_workflow(row.root->error)) fail_task(row.root->error);
        release_branch(branch);
        return;
    }
    row.lost = true;
    ++losers_;
    cancel_branch(branch, reason);
}

void run::cancel_pending() {
    const auto reached = slots_.where(
        [this](const slot& row) { return row.state == slot_state::pending && why_cancelled(row.scope, row.branch) != nullptr; });
    for (const std::uint32_t index : reached) {
        const slot& row = slots_.at(index);
        if (row.state != slot_state::pending) continue;
        const std::string* reason = why_cancelled(row.scope, row.branch);
        if (row.kind == slot_kind::cancelled_watch) {
            settle(index);
        } else if (reason != nullptr) {
            cancel_slot(index, std::string(*reason));
        }
    }
}

void run::cancel_slot(std::uint32_t index, std::string_view reason) {
    slot& row = slots_.at(index);
    const std::uint32_t generation = row.generation;
    switch (row.kind) {
        case slot_kind::activity: {
            if (commands_.withdraw(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK, index, generation)) break;
            if (row.cancellation == cancellation_type::abandon) break;
            if (!row.cancel_sent) {
                row.cancel_sent = true;
                command_entry entry;
                entry.type = pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK;
                entry.slot = index;
                entry.slot_generation = generation;
                entry.target = row.event_id;
                entry.id = std::to_string(row.ordinal);
                entry.name = row.name;
                entry.at = row.at;
                entry.message = std::make_unique<pb::command::Command>();
                entry.message->set_command_type(pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK);
                entry.message->mutable_request_cancel_activity_task_command_attributes()->set_scheduled_event_id(row.event_id);
                add_command(std::move(entry));
            }
            if (row.cancellation == cancellation_type::wait_cancelled) return;
            break;
        }
        case slot_kind::timer:
        case slot_kind::deadline: {
            if (commands_.withdraw(pb::enums::COMMAND_TYPE_START_TIMER, index, generation)) break;
            command_entry entry;
            entry.type = pb::enums::COMMAND_TYPE_CANCEL_TIMER;
            entry.slot = index;
            entry.slot_generation = generation;
            entry.id = std::to_string(row.ordinal);
            entry.at = row.at;
            entry.message = std::make_unique<pb::command::Command>();
            entry.message->set_command_type(pb::enums::COMMAND_TYPE_CANCEL_TIMER);
            entry.message->mutable_cancel_timer_command_attributes()->set_timer_id(entry.id);
            add_command(std::move(entry));
            break;
        }
        case slot_kind::receive:
            std::erase(row.box->receivers_, index);
            break;
        case slot_kind::condition:
        case slot_kind::handlers_idle:
        case slot_kind::cancelled_watch:
            break;
    }
    settle_cancelled(index, reason);
}

void run::settle_cancelled(std::uint32_t index, std::string_view reason) {
    slot& row = slots_.at(index);
    row.error = make_cancelled(reason);
    row.cancelled = true;
    settle(index);
}

void run::drop_slot(op_ref op, std::string_view reason) {
    if (!slots_.alive(op.index, op.generation)) return;
    slot& row = slots_.at(op.index);
    row.waiting = nullptr;
    if (row.state != slot_state::pending) {
        if (row.kind == slot_kind::receive && row.state == slot_state::ready) {
            message unread{.event_id = row.message_event, .content = std::move(row.value)};
            mailbox_base& box = *row.box;
            release_slot(op.index);
            hand_over(box, std::move(unread));
            return;
        }
        release_slot(op.index);
        return;
    }
    row.discard = true;
    cancel_slot(op.index, reason);
}

void run::refuse(std::uint32_t index, std::string_view reason) {
    slot& row = slots_.at(index);
    row.error = make_cancelled(reason);
    row.cancelled = true;
    row.state = slot_state::failed;
    row.settled = next_settlement();
    constexpr std::uint32_t most_refusals = 100;
    if (++refused_ > most_refusals) {
        fail_task(std::make_exception_ptr(misuse_error(
            "100 operations in a row were refused because their scope is cancelled, and the code goes on: a loop swallows "
            "cancelled_error; leave the loop, or use ctx.shielded() for cleanup")));
    }
}

}  // namespace perdure::detail
