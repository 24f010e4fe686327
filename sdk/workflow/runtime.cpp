#include "perdure/detail/runtime.hpp"

#include <utility>

#include <perdure/errors.hpp>
#include <perdure/options.hpp>

#include "api/iso_time.hpp"
#include "perdure/clock.hpp"
#include "perdure/detail/context_calls.hpp"
#include "perdure/detail/mailbox_base.hpp"
#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/recorded.hpp"
#include "sdk/workflow/run.hpp"

// What the templates of the public headers call: checks who calls, then hands over to the run.

namespace perdure {

std::string to_text(time_point time) {
    return to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(workflow_clock::to_sys(time)));
}

}  // namespace perdure

namespace perdure::detail {
namespace {

// The run of a reference to an operation or a branch. One that was refused during eviction has none, and nobody awaits it.
run& of(run* owner) { return checked(owner); }

[[noreturn]] void throw_stale_branch() {
    throw_misuse("a branch was used after it had been joined or had lost a race; a branch is joined once");
}

void suspend(frame_base& frame, const site& at, wait_kind kind, const void* what) noexcept {
    frame.state = frame_state::suspended;
    frame.waiting_at = at;
    frame.waiting = kind;
    frame.waiting_for = what;
}

}  // namespace

op_ref issue_activity(context_ref where, std::string_view name, arguments input, const activity_options& options,
                      const site& at) {
    const free_code ours;
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.activity(where, name, std::move(input), options, at);
}

op_ref issue_prepared(context_ref where, const std::string& call, const site& at) {
    const free_code ours;
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.prepared_activity(where, call, at);
}

op_ref issue_timer(context_ref where, std::chrono::milliseconds delay, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.timer(slot_kind::timer, where, delay, at);
}

op_ref issue_receive(context_ref where, mailbox_base& box, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.receive(where, box, at);
}

op_ref issue_condition(context_ref where, condition test, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) {
        owner.memory().deallocate(test.closure, test.size, test.alignment);
        return {};
    }
    return owner.condition_wait(slot_kind::condition, where, test, at);
}

op_ref issue_handlers_idle(context_ref where, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.condition_wait(slot_kind::handlers_idle, where, {}, at);
}

op_ref issue_cancelled(context_ref where, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    return owner.issue(slot_kind::cancelled_watch, where, at);
}

bool op_ready(op_ref op) {
    run& owner = of(op.owner);
    if (owner.fatal()) return false;  // the task has failed: whoever awaits anything stops here
    if (!owner.slots().alive(op.index, op.generation)) {
        throw_misuse("an operation was awaited twice; its result is given once, keep it in a variable");
    }
    return owner.slots().at(op.index).state != slot_state::pending;
}

void op_wait(op_ref op, frame_base& frame, const site& at) {
    run& owner = of(op.owner);
    suspend(frame, at, wait_kind::operation, nullptr);
    if (owner.fatal()) return;
    slot& row = owner.slots().at(op.index);
    if (row.waiting != nullptr) {
        frame.state = frame_state::running;
        throw_misuse("an operation is awaited in two places; its result is given once");
    }
    row.waiting = &frame;
    frame.waiting_op = op.index;
}

arguments op_take(op_ref op) { return of(op.owner).take(op); }

void* run_allocate(context_ref where, std::size_t bytes, std::size_t alignment) {
    return of(where.owner).memory().allocate(bytes, alignment);
}

std::string_view run_intern(context_ref where, std::string_view text) { return of(where.owner).intern(text); }

branch_ref branch_spawn(context_ref where, frame_base& root, const site& at) {
    run& owner = of(where.owner);
    if (!owner.admit()) return {};
    root.waiting_at = at;
    return owner.spawn(branch_kind::spawned, root, where.scope, false);
}

bool branch_ready(branch_ref branch) {
    run& owner = of(branch.owner);
    if (owner.fatal()) return false;
    if (!owner.branches().alive(branch.index, branch.generation)) throw_stale_branch();
    return owner.branches().at(branch.index).finished;
}

void branch_wait(branch_ref branch, frame_base& frame, const site& at) {
    run& owner = of(branch.owner);
    suspend(frame, at, wait_kind::branch, nullptr);
    if (owner.fatal()) return;
    branch_node& row = owner.branches().at(branch.index);
    if (row.waiting != nullptr) {
        frame.state = frame_state::running;
        throw_misuse("a branch is joined in two places; its result is given once");
    }
    row.waiting = &frame;
}

frame_base& branch_take(branch_ref branch) {
    run& owner = of(branch.owner);
    if (!owner.branches().alive(branch.index, branch.generation)) throw_stale_branch();
    frame_base& root = *owner.branches().at(branch.index).root;
    owner.release_branch(branch.index);
    if (root.error) std::rethrow_exception(std::exchange(root.error, nullptr));
    return root;
}

void branch_cancel(branch_ref branch, std::string_view reason) {
    run& owner = of(branch.owner);
    if (!owner.admit() || !owner.branches().alive(branch.index, branch.generation)) return;
    owner.cancel_branch(branch.index, reason);
}

context_ref scope_open(context_ref where) {
    run& owner = of(where.owner);
    return {.owner = &owner, .scope = owner.scopes().open(where.scope, owner.next_birth())};
}

context_ref scope_shield(context_ref where) {
    run& owner = of(where.owner);
    return {.owner = &owner, .scope = owner.scopes().shield(where.scope, owner.current_branch(), owner.next_birth())};
}

context_ref scope_deadline(context_ref where, std::chrono::milliseconds delay, const site& at) {
    const context_ref inner = scope_open(where);
    run& owner = of(where.owner);
    if (!owner.admit()) return inner;
    owner.deadline(where, inner.scope, delay, at);
    return inner;
}

void scope_cancel(context_ref scope, std::string_view reason) {
    run& owner = of(scope.owner);
    if (owner.admit()) owner.cancel_scope(scope.scope, reason);
}

bool scope_stopped(context_ref scope) {
    run& owner = of(scope.owner);
    return owner.why_cancelled(scope.scope, owner.current_branch()) != nullptr;
}

void continue_as_new(context_ref where, arguments input, frame_base& frame, const site& at) {
    run& owner = of(where.owner);
    suspend(frame, at, wait_kind::forever, nullptr);
    if (owner.admit()) owner.ask_continue_as_new(std::move(input), at);
}

bool should_continue_as_new(context_ref where) { return of(where.owner).facts().suggest_continue_as_new; }

void check_successor(context_ref where, const void* tag, std::string_view given) {
    const workflow_type& type = of(where.owner).type();
    if (tag == type.input_tag) return;
    throw_misuse(("continue_as_new was given " + std::string(given) + ", and the contract of " + type.name + " takes " +
                  std::string(type.input_type))
                     .c_str());
}

arguments side_effect(context_ref where, std::string_view name, side_effect_function make) {
    const free_code ours;
    run& owner = of(where.owner);
    if (!owner.admit()) return make();
    return record_side_effect(owner, name, make);
}

arguments mutable_side_effect(context_ref where, std::string_view id, side_effect_function make) {
    const free_code ours;
    run& owner = of(where.owner);
    if (!owner.admit()) return make();
    return record_mutable_side_effect(owner, id, make);
}

bool run_patched(context_ref where, std::string_view id) {
    run& owner = of(where.owner);
    return owner.admit() && record_patch(owner, id);
}

std::int64_t run_now_ns(context_ref where) { return of(where.owner).facts().now_ns; }

std::uint64_t run_random(context_ref where) {
    run& owner = of(where.owner);
    if (owner.answering()) throw_misuse("a query drew a random number; that would change the workflow");
    return owner.random().next();
}

std::string run_uuid4(context_ref where, std::string_view purpose) {
    run& owner = of(where.owner);
    if (owner.answering()) throw_misuse("a query drew a random number; that would change the workflow");
    return purpose.empty() ? owner.random().uuid4() : owner.random().uuid4(purpose);
}

void run_count(context_ref where, std::string_view counter, double amount) {
    const free_code ours;
    run& owner = of(where.owner);
    if (owner.observer() != nullptr && !owner.replaying() && !owner.evicting()) owner.observer()->count(counter, amount);
}

void run_log(context_ref where, log_level level, std::string_view message, std::span<const kv> fields) {
    const free_code ours;
    run& owner = of(where.owner);
    if (owner.observer() != nullptr && !owner.replaying() && !owner.evicting()) owner.observer()->log(level, message, fields);
}

const workflow_info& run_info(context_ref where) { return of(where.owner).info(); }

}  // namespace perdure::detail
