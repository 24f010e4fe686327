#include "sdk/replay/event_support.hpp"

#include <string>

#include <perdure/errors.hpp>

#include "sdk/replay/wording.hpp"

namespace perdure::detail {
namespace {

// Every type stands here, so that the compiler asks about one that is added to the contract.
bool has_meaning(pb::enums::EventType type) noexcept {
    switch (type) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
        case pb::enums::EVENT_TYPE_TIMER_STARTED:
        case pb::enums::EVENT_TYPE_TIMER_FIRED:
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
        case pb::enums::EVENT_TYPE_MARKER_RECORDED:
        // These change nothing that workflow code sees.
        case pb::enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY:
        case pb::enums::EVENT_TYPE_ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
            return true;
        case pb::enums::EVENT_TYPE_UNSPECIFIED:
        case pb::enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        case pb::enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
        case pb::enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
        case pb::enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_REJECTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_STARTED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_COMPLETED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_FAILED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_CANCELED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED:
        case pb::enums::EventType_INT_MIN_SENTINEL_DO_NOT_USE_:
        case pb::enums::EventType_INT_MAX_SENTINEL_DO_NOT_USE_:
            return false;
    }
    return false;
}

}  // namespace

bool is_passed_over(const pb::history::HistoryEvent& event) {
    const pb::enums::EventType type = event.event_type();
    if (has_meaning(type)) return false;
    if (event.worker_may_ignore()) return true;
    const std::string why = pb::enums::EventType_IsValid(type) && type != pb::enums::EVENT_TYPE_UNSPECIFIED
                                ? "this version of the SDK does not support events of this type yet"
                                : "this version of the SDK does not know events of this type; a newer one may";
    throw nondeterminism_error({.event_id = event.event_id(), .expected = describe(event) + ": " + why, .number = "PD-1009"});
}

}  // namespace perdure::detail
