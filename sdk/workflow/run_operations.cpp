#include <algorithm>
#include <utility>

#include <perdure/errors.hpp>

#include "api/assert.hpp"
#include "api/payload.hpp"
#include "api/time_convert.hpp"
#include "sdk/workflow/activity_command.hpp"
#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/run.hpp"

// Operations: started, settled by an event or by cancellation, and taken once.

namespace perdure::detail {

op_ref run::issue(slot_kind kind, context_ref where, const site& at) {
    const std::uint32_t index = slots_.add(kind);
    slot& row = slots_.at(index);
    row.scope = where.scope;
    row.branch = current_branch();
    row.at = at;
    const op_ref made{.owner = this, .index = index, .generation = row.generation};
    if (const std::string* reason = why_cancelled(row.scope, row.branch)) {
        if (kind == slot_kind::cancelled_watch) {
            settle(index);
        } else {
            refuse(index, std::string(*reason));
        }
    }
    return made;
}

op_ref run::activity(context_ref where, std::string_view name, arguments input, const activity_options& options, const site& at) {
    auto message = std::make_unique<pb::command::Command>();
    fill_activity(*message->mutable_schedule_activity_task_command_attributes(), name, std::move(input), options);
    const site options_at = make_site(options.written.file, options.written.line, "");
    const site retry_at = make_site(options.retry.written.file, options.retry.written.line, "");
    return schedule(where, std::move(message), options.cancellation, {.at = at, .options_at = options_at, .retry_at = retry_at});
}

op_ref run::prepared_activity(context_ref where, const std::string& attributes, const site& at) {
    auto message = std::make_unique<pb::command::Command>();
    const bool whole = message->mutable_schedule_activity_task_command_attributes()->ParseFromString(attributes);
    PERDURE_ASSERT(whole, "a compensation was encoded by this library");
    return schedule(where, std::move(message), cancellation_type::wait_cancelled, {.at = at});
}

op_ref run::schedule(context_ref where, std::unique_ptr<pb::command::Command> message, cancellation_type cancellation,
                     const call_sites& sites) {
    const op_ref op = issue(slot_kind::activity, where, sites.at);
    const std::uint32_t ordinal = ++activities_;
    slot& row = slots_.at(op.index);
    if (row.state != slot_state::pending) return op;
    auto& attributes = *message->mutable_schedule_activity_task_command_attributes();
    if (attributes.task_queue().name().empty()) attributes.mutable_task_queue()->set_name(info_.task_queue);
    attributes.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
    attributes.set_activity_id(std::to_string(ordinal));
    message->set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    row.ordinal = ordinal;
    row.name = attributes.activity_type().name();
    row.queue = attributes.task_queue().name();
    row.cancellation = cancellation;

    command_entry entry;
    entry.type = pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK;
    entry.slot = op.index;
    entry.slot_generation = op.generation;
    entry.id = attributes.activity_id();
    entry.name = row.name;
    entry.at = sites.at;
    entry.from = awaited_at();
    entry.options_at = sites.options_at;
    entry.retry_at = sites.retry_at;
    entry.message = std::move(message);
    add_command(std::move(entry));
    return op;
}

op_ref run::timer(slot_kind kind, context_ref where, std::chrono::milliseconds delay, const site& at) {
    const op_ref op = issue(kind, where, at);
    slot& row = slots_.at(op.index);
    if (row.state != slot_state::pending) return op;
    if (delay <= std::chrono::milliseconds::zero()) {
        settle(op.index);
        return op;
    }
    row.ordinal = ++timers_;
    command_entry entry;
    entry.type = pb::enums::COMMAND_TYPE_START_TIMER;
    entry.slot = op.index;
    entry.slot_generation = op.generation;
    entry.id = std::to_string(row.ordinal);
    entry.at = at;
    entry.from = awaited_at();
    entry.message = std::make_unique<pb::command::Command>();
    entry.message->set_command_type(pb::enums::COMMAND_TYPE_START_TIMER);
    auto& attributes = *entry.message->mutable_start_timer_command_attributes();
    attributes.set_timer_id(entry.id);
    *attributes.mutable_start_to_fire_timeout() = to_duration(delay);
    add_command(std::move(entry));
    return op;
}

void run::deadline(context_ref where, std::uint32_t guarded, std::chrono::milliseconds delay, const site& at) {
    if (delay <= std::chrono::milliseconds::zero()) return cancel_scope(guarded, "its deadline has passed");
    const op_ref op = timer(slot_kind::deadline, where, delay, at);
    // In a cancelled scope it was refused; the guarded scope is below and cancelled with it.
    if (slots_.at(op.index).state != slot_state::pending) return release_slot(op.index);
    slots_.at(op.index).guards = guarded;
}

op_ref run::receive(context_ref where, mailbox_base& box, const site& at) {
    const op_ref op = issue(slot_kind::receive, where, at);
    slot& row = slots_.at(op.index);
    row.box = &box;
    if (row.state != slot_state::pending) return op;
    if (box.messages_.empty()) {
        box.receivers_.push_back(op.index);
        return op;
    }
    row.value = std::move(box.messages_.front().content);
    row.message_event = box.messages_.front().event_id;
    box.messages_.pop_front();
    settle(op.index);
    return op;
}

op_ref run::condition_wait(slot_kind kind, context_ref where, const condition& test, const site& at) {
    const op_ref op = issue(kind, where, at);
    slot& row = slots_.at(op.index);
    row.test = test;
    if (row.state == slot_state::pending) conditions_.push_back(op.index);
    return op;
}

void run::hand_over(mailbox_base& box, message content) {
    if (!box.receivers_.empty()) {
        const std::uint32_t index = box.receivers_.front();
        box.receivers_.erase(box.receivers_.begin());
        slot& row = slots_.at(index);
        row.value = std::move(content.content);
        row.message_event = content.event_id;
        settle(index);
        return;
    }
    const auto place = std::upper_bound(box.messages_.begin(), box.messages_.end(), content.event_id,
                                        [](std::int64_t id, const message& other) { return id < other.event_id; });
    box.messages_.insert(place, std::move(content));
}

void run::settle_value(std::uint32_t index, std::uint32_t generation, arguments value) {
    const run_guard guard(*this);
    // It is over: what would have cancelled it must not be sent any more, the service would not know what it means.
    commands_.withdraw(pb::enums::COMMAND_TYPE_CANCEL_TIMER, index, generation);
    commands_.withdraw(pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK, index, generation);
    if (!slots_.alive(index, generation) || slots_.at(index).state != slot_state::pending) return;
    slots_.at(index).value = std::move(value);
    settle(index);
}

void run::settle_error(std::uint32_t index, std::uint32_t generation, std::exception_ptr error) {
    const run_guard guard(*this);
    commands_.withdraw(pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK, index, generation);
    if (!slots_.alive(index, generation) || slots_.at(index).state != slot_state::pending) return;
    slots_.at(index).error = std::move(error);
    settle(index);
}

void run::settle_cancel(std::uint32_t index, std::uint32_t generation, std::exception_ptr error) {
    if (slots_.alive(index, generation)) slots_.at(index).cancelled = true;
    settle_error(index, generation, std::move(error));
}

void run::settle(std::uint32_t index) {
    slot& row = slots_.at(index);
    row.state = row.error ? slot_state::failed : slot_state::ready;
    row.settled = next_settlement();
    if (row.kind == slot_kind::condition || row.kind == slot_kind::handlers_idle) std::erase(conditions_, index);
    if (row.kind == slot_kind::deadline) {
        const bool expired = row.state == slot_state::ready;
        const std::uint32_t scope = row.guards;
        release_slot(index);
        if (expired) cancel_scope(scope, "its deadline has passed");
    } else if (row.discard) {
        release_slot(index);
    } else if (row.waiting != nullptr) {
        waiter* waiting = std::exchange(row.waiting, nullptr);
        waiting->wake(*waiting, *this, false);
    }
}

void run::release_slot(std::uint32_t index) {
    const condition& test = slots_.at(index).test;
    if (test.closure != nullptr) arena_.deallocate(test.closure, test.size, test.alignment);
    slots_.release(index);
}

arguments run::take(op_ref op) {
    if (!slots_.alive(op.index, op.generation)) {
        throw_misuse("an operation was awaited twice; its result is given once, keep it in a variable");
    }
    slot& row = slots_.at(op.index);
    PERDURE_ASSERT(row.state == slot_state::ready || row.state == slot_state::failed,
                   "a result is taken after the operation has settled");
    const std::exception_ptr error = std::move(row.error);
    arguments value = std::move(row.value);
    release_slot(op.index);
    if (error) std::rethrow_exception(error);
    return value;
}

}  // namespace perdure::detail
