#include "api/carried_history.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <utility>

#include "api/assert.hpp"

namespace perdure {
namespace {

using task_message = pb::service::PollWorkflowTaskQueueResponse;

}  // namespace

// A field that a message does not know is written as it is, under its number: here that of a field it does know.
void carry_history(task_message& task, std::string history) {
    if (history.empty()) return;
    PERDURE_ASSERT(!task.has_history(), "a task has one history");
    *task.GetReflection()->MutableUnknownFields(&task)->AddLengthDelimited(task_message::kHistoryFieldNumber) =
        std::move(history);
}

void unpack_history(task_message& task) {
    const auto* reflection = task.GetReflection();
    if (reflection->GetUnknownFields(task).empty()) return;
    auto* carried = reflection->MutableUnknownFields(&task);
    PERDURE_ASSERT(carried->field_count() == 1 && carried->field(0).number() == task_message::kHistoryFieldNumber,
                   "a task carries its history and nothing else");
    PERDURE_ASSERT(task.mutable_history()->ParseFromString(carried->field(0).length_delimited()), "what is carried is a history");
    carried->Clear();
}

void unpack_histories(pb::worker::ServerMessage& message) {
    if (message.has_workflow_task()) unpack_history(*message.mutable_workflow_task()->mutable_task());
    const auto unpack_foreseen = [](pb::service::PollActivityTaskQueueResponse& activity) {
        if (activity.has_perdure_foreseen_task()) unpack_history(*activity.mutable_perdure_foreseen_task());
    };
    if (message.has_activity_task()) unpack_foreseen(*message.mutable_activity_task()->mutable_task());
    if (!message.has_workflow_task_completed()) return;
    auto& answer = *message.mutable_workflow_task_completed();
    if (answer.has_workflow_task()) unpack_history(*answer.mutable_workflow_task());
    for (auto& activity : *answer.mutable_activity_tasks()) unpack_foreseen(activity);
}

}  // namespace perdure
