#include "sdk/workflow/debug_layout.hpp"

#include <cstddef>

#include "perdure/detail/mailbox_base.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "perdure/saga.hpp"
#include "sdk/workflow/run.hpp"

// Most of these classes are no standard-layout types; clang and gcc define offsetof for them all the same.
#pragma clang diagnostic ignored "-Winvalid-offsetof"

namespace perdure::detail {

/// Names the private members.
struct debug_access {
    static constexpr std::size_t run_older = offsetof(run, older_run_);
    static constexpr std::size_t run_type = offsetof(run, debug_type_);
    static constexpr std::size_t run_info = offsetof(run, info_);
    static constexpr std::size_t run_slots = offsetof(run, slots_) + offsetof(slot_table, rows_);
    static constexpr std::size_t run_scopes = offsetof(run, scopes_) + offsetof(scope_tree, nodes_);
    static constexpr std::size_t run_branches = offsetof(run, branches_) + offsetof(branch_table, rows_);
    static constexpr std::size_t run_sagas = offsetof(run, sagas_);
    static constexpr std::size_t run_oldest = offsetof(run, oldest_);
    static constexpr std::size_t run_current = offsetof(run, current_);
    static constexpr std::size_t run_object = offsetof(run, object_);
    static constexpr std::size_t run_now = offsetof(run, facts_) + offsetof(activation_facts, now_ns);
    static constexpr std::size_t run_replaying = offsetof(run, facts_) + offsetof(activation_facts, replaying);
    static constexpr std::size_t run_fatal = offsetof(run, fatal_);
    static constexpr std::size_t run_handlers = offsetof(run, handlers_);
    static constexpr std::size_t mailbox_messages = offsetof(mailbox_base, messages_);
    static constexpr std::size_t saga_entries = offsetof(saga, entries_);
};

}  // namespace perdure::detail

using namespace perdure::detail;

#define FIELD(name, type, member) {name "." #member, offsetof(type, member)}

extern "C" {

void* perdure_debug_runs = nullptr;

[[gnu::used, gnu::retain]] const perdure_debug_field perdure_debug_layout[] = {
    {"version", perdure_debug_layout_version},

    {"run.older", debug_access::run_older},
    {"run.type", debug_access::run_type},
    {"run.info", debug_access::run_info},
    {"run.slots", debug_access::run_slots},
    {"run.scopes", debug_access::run_scopes},
    {"run.branches", debug_access::run_branches},
    {"run.sagas", debug_access::run_sagas},
    {"run.oldest_frame", debug_access::run_oldest},
    {"run.current_frame", debug_access::run_current},
    {"run.object", debug_access::run_object},
    {"run.now_ns", debug_access::run_now},
    {"run.replaying", debug_access::run_replaying},
    {"run.fatal", debug_access::run_fatal},
    {"run.handlers", debug_access::run_handlers},

    FIELD("info", perdure::workflow_info, workflow_id),
    FIELD("info", perdure::workflow_info, run_id),
    FIELD("info", perdure::workflow_info, workflow_type),
    FIELD("info", perdure::workflow_info, task_queue),
    FIELD("info", perdure::workflow_info, history_length),

    FIELD("type", workflow_type, signals),
    {"signal.size", sizeof(signal_binding)},
    FIELD("signal", signal_binding, name),
    FIELD("signal", signal_binding, box_offset),

    FIELD("frame", frame_base, self),
    FIELD("frame", frame_base, newer),
    FIELD("frame", frame_base, parent),
    FIELD("frame", frame_base, waiting_at),
    FIELD("frame", frame_base, waiting_for),
    FIELD("frame", frame_base, waiting_op),
    FIELD("frame", frame_base, branch),
    FIELD("frame", frame_base, state),
    FIELD("frame", frame_base, begun),
    FIELD("frame", frame_base, waiting),
    {"frame_state.created", static_cast<std::uint64_t>(frame_state::created)},
    {"frame_state.queued", static_cast<std::uint64_t>(frame_state::queued)},
    {"frame_state.running", static_cast<std::uint64_t>(frame_state::running)},
    {"frame_state.suspended", static_cast<std::uint64_t>(frame_state::suspended)},
    {"frame_state.finished", static_cast<std::uint64_t>(frame_state::finished)},
    {"wait_kind.nothing", static_cast<std::uint64_t>(wait_kind::nothing)},
    {"wait_kind.operation", static_cast<std::uint64_t>(wait_kind::operation)},
    {"wait_kind.task", static_cast<std::uint64_t>(wait_kind::task)},
    {"wait_kind.combinator", static_cast<std::uint64_t>(wait_kind::combinator)},
    {"wait_kind.branch", static_cast<std::uint64_t>(wait_kind::branch)},
    {"wait_kind.forever", static_cast<std::uint64_t>(wait_kind::forever)},

    FIELD("site", site, file),
    FIELD("site", site, function),
    FIELD("site", site, line),

    FIELD("combine", combine, policy),
    FIELD("combine", combine, operands),
    {"combine_policy.all", static_cast<std::uint64_t>(combine_policy::all)},
    {"combine_policy.settle", static_cast<std::uint64_t>(combine_policy::settle)},
    {"operand.size", sizeof(operand)},
    FIELD("operand", operand, kind),
    FIELD("operand", operand, settled),
    {"operand.op", offsetof(operand, op) + offsetof(op_ref, index)},
    {"operand.branch", offsetof(operand, branch) + offsetof(branch_ref, index)},
    {"operand_kind.op", static_cast<std::uint64_t>(operand_kind::op)},

    {"slot.size", sizeof(slot)},
    FIELD("slot", slot, kind),
    FIELD("slot", slot, state),
    FIELD("slot", slot, cancel_sent),
    FIELD("slot", slot, scope),
    FIELD("slot", slot, branch),
    FIELD("slot", slot, ordinal),
    FIELD("slot", slot, issued),
    FIELD("slot", slot, event_id),
    FIELD("slot", slot, box),
    FIELD("slot", slot, at),
    FIELD("slot", slot, name),
    FIELD("slot", slot, queue),
    {"slot_state.pending", static_cast<std::uint64_t>(slot_state::pending)},
    {"slot_kind.activity", static_cast<std::uint64_t>(slot_kind::activity)},
    {"slot_kind.timer", static_cast<std::uint64_t>(slot_kind::timer)},
    {"slot_kind.deadline", static_cast<std::uint64_t>(slot_kind::deadline)},
    {"slot_kind.receive", static_cast<std::uint64_t>(slot_kind::receive)},
    {"slot_kind.condition", static_cast<std::uint64_t>(slot_kind::condition)},
    {"slot_kind.handlers_idle", static_cast<std::uint64_t>(slot_kind::handlers_idle)},
    {"slot_kind.cancelled_watch", static_cast<std::uint64_t>(slot_kind::cancelled_watch)},

    {"branch.size", sizeof(branch_node)},
    FIELD("branch", branch_node, kind),
    FIELD("branch", branch_node, live),
    FIELD("branch", branch_node, cancelled),
    FIELD("branch", branch_node, label),
    {"branch_kind.main", static_cast<std::uint64_t>(branch_kind::main)},
    {"branch_kind.handler", static_cast<std::uint64_t>(branch_kind::handler)},
    {"branch_kind.spawned", static_cast<std::uint64_t>(branch_kind::spawned)},
    {"branch_kind.operand", static_cast<std::uint64_t>(branch_kind::operand)},

    {"scope.size", sizeof(scope_node)},
    FIELD("scope", scope_node, parent),
    FIELD("scope", scope_node, shield),
    FIELD("scope", scope_node, cancelled),
    FIELD("scope", scope_node, reason),

    {"mailbox.messages", debug_access::mailbox_messages},
    {"message.size", sizeof(message)},
    FIELD("message", message, event_id),
    FIELD("message", message, content),
    {"payload.size", sizeof(perdure::raw_payload)},
    FIELD("payload", perdure::raw_payload, encoding),
    FIELD("payload", perdure::raw_payload, data),

    {"saga.entries", debug_access::saga_entries},
    {"saga_entry.size", sizeof(perdure::saga_entry)},
    FIELD("saga_entry", perdure::saga_entry, key),
    FIELD("saga_entry", perdure::saga_entry, activity),
    FIELD("saga_entry", perdure::saga_entry, group),

    {nullptr, 0},
};
}

#undef FIELD
