#include "sdk/replay/event_applier.hpp"

#include <utility>

#include <perdure/errors.hpp>

#include "api/payload.hpp"
#include "sdk/replay/event_support.hpp"
#include "sdk/replay/wording.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/workflow/markers.hpp"
#include "sdk/workflow/raise.hpp"

namespace perdure::detail {
namespace {

using perdure::from_proto;

template <class Map>
const pb::common::Payloads* find_detail(const Map& details, std::string_view key) {
    const auto found = details.find(std::string(key));
    return found == details.end() ? nullptr : &found->second;
}

[[noreturn]] void refuse(const pb::history::HistoryEvent& event, const std::string& why) {
    throw nondeterminism_error({.event_id = event.event_id(), .expected = describe(event) + ": " + why, .number = "PD-1009"});
}

}  // namespace

void event_applier::apply_command_event(run& target, const pb::history::HistoryEvent& event) {
    if (is_passed_over(event)) return;
    const std::optional<command_entry> command = matcher_.match(event);
    if (event.event_type() == pb::enums::EVENT_TYPE_TIMER_CANCELED) {
        operations_.erase(event.timer_canceled_event_attributes().started_event_id());
    }
    if (!command || command->slot_generation == 0) return;
    const bool starts = event.event_type() == pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ||
                        event.event_type() == pb::enums::EVENT_TYPE_TIMER_STARTED;
    if (!starts) return;
    operations_[event.event_id()] = {.slot = command->slot,
                                     .generation = command->slot_generation,
                                     .activity_name = command->name,
                                     .activity_id = command->id};
    if (target.slots().alive(command->slot, command->slot_generation))
        target.slots().at(command->slot).event_id = event.event_id();
}

event_applier::known_operation event_applier::settle_of(std::int64_t recorded_by, const pb::history::HistoryEvent& event) {
    auto node = operations_.extract(recorded_by);
    if (node.empty())
        refuse(event, "it refers to event " + std::to_string(recorded_by) + ", which started nothing that is pending");
    return std::move(node.mapped());
}

std::exception_ptr event_applier::activity_error(const known_operation& operation, const pb::failure::Failure& cause,
                                                 pb::enums::RetryState state, std::int64_t scheduled, std::int64_t started,
                                                 const std::string& identity) {
    failure_parts parts{.message = "activity " + operation.activity_name + " failed", .source = std::string("PerdureCpp")};
    parts.cause = from_proto(cause);
    activity_failure::fields fields{.activity_name = operation.activity_name,
                                    .activity_id = operation.activity_id,
                                    .identity = identity,
                                    .state = static_cast<retry_state>(state),
                                    .scheduled_event_id = scheduled,
                                    .started_event_id = started,
                                    .attempts = operation.attempt};
    return std::make_exception_ptr(activity_failure(std::move(parts), std::move(fields)));
}

void event_applier::apply(run& target, const pb::history::HistoryEvent& event) {
    if (is_passed_over(event)) return;
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            if (target.started()) refuse(event, "the run has started already; a history has one start");
            target.start(arguments{from_proto(event.workflow_execution_started_event_attributes().input())});
            return;
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
            const auto& signalled = event.workflow_execution_signaled_event_attributes();
            target.deliver_signal(signalled.signal_name(), arguments{from_proto(signalled.input())}, event.event_id());
            return;
        }
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            target.request_cancel(event.workflow_execution_cancel_requested_event_attributes().cause());
            return;
        case pb::enums::EVENT_TYPE_TIMER_FIRED: {
            const known_operation timer = settle_of(event.timer_fired_event_attributes().started_event_id(), event);
            target.settle_value(timer.slot, timer.generation, {});
            return;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED: {
            const auto& started = event.activity_task_started_event_attributes();
            const auto found = operations_.find(started.scheduled_event_id());
            if (found != operations_.end()) found->second.attempt = started.attempt();
            return;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
            const auto& done = event.activity_task_completed_event_attributes();
            const known_operation activity = settle_of(done.scheduled_event_id(), event);
            target.settle_value(activity.slot, activity.generation, arguments{from_proto(done.result())});
            return;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED: {
            const auto& failed = event.activity_task_failed_event_attributes();
            const known_operation activity = settle_of(failed.scheduled_event_id(), event);
            target.settle_error(activity.slot, activity.generation,
                                activity_error(activity, failed.failure(), failed.retry_state(), failed.scheduled_event_id(),
                                               failed.started_event_id(), failed.identity()));
            return;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
            const auto& late = event.activity_task_timed_out_event_attributes();
            const known_operation activity = settle_of(late.scheduled_event_id(), event);
            target.settle_error(activity.slot, activity.generation,
                                activity_error(activity, late.failure(), late.retry_state(), late.scheduled_event_id(),
                                               late.started_event_id(), {}));
            return;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED: {
            const auto& cancelled = event.activity_task_canceled_event_attributes();
            const known_operation activity = settle_of(cancelled.scheduled_event_id(), event);
            failure_parts parts{.message = "activity " + activity.activity_name + " was cancelled"};
            cancelled_error::fields fields{.identity = cancelled.identity(), .details = from_proto(cancelled.details())};
            target.settle_cancel(activity.slot, activity.generation,
                                 std::make_exception_ptr(cancelled_error(std::move(parts), std::move(fields))));
            return;
        }
        default:
            return;  // has no meaning for workflow code
    }
}

void event_applier::note_marker(run& target, const pb::history::HistoryEvent& event) {
    const auto& marker = event.marker_recorded_event_attributes();
    if (marker.marker_name() == version_marker) {
        if (const pb::common::Payloads* patch = find_detail(marker.details(), version_id_key))
            target.markers().recorded_patch(from_payloads<std::string>(*patch));
        return;
    }
    const pb::common::Payloads* id = find_detail(marker.details(), marker_id_key);
    const pb::common::Payloads* data = find_detail(marker.details(), marker_data_key);
    if (id == nullptr || data == nullptr) return;
    if (marker.marker_name() == side_effect_marker) {
        target.markers().recorded_side_effect(from_payloads<std::int64_t>(*id), arguments{from_proto(*data)});
    } else if (marker.marker_name() == mutable_side_effect_marker) {
        const pb::common::Payloads* counter = find_detail(marker.details(), marker_counter_key);
        arguments value{from_proto(*data)};
        if (!value.values.empty()) value.values.erase(value.values.begin());  // the id, once more
        target.markers().recorded_mutable(from_payloads<std::string>(*id),
                                          counter == nullptr ? 1 : from_payloads<std::int64_t>(*counter), std::move(value));
    }
}

std::size_t event_applier::bytes() const noexcept {
    std::size_t bytes = matcher_.bytes();
    for (const auto& [event_id, known] : operations_) {
        bytes += sizeof(known) + known.activity_name.capacity() + known.activity_id.capacity() + 32;
    }
    return bytes;
}

}  // namespace perdure::detail
