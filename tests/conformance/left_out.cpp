#include "tests/conformance/left_out.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace perdure::conformance {
namespace {

namespace proto = google::protobuf;

/// Left out wherever a message has a field of this name.
constexpr std::array<std::string_view, 33> names = {
    // Sizes, and counts of the recording server's own doing.
    "history_size_bytes",
    "state_transition_count",
    "execution_duration",
    "task_id",
    // Links, and where requests came from.
    "link",
    "links",
    "signal_link",
    "request_id_infos",
    "metering_metadata",
    "root_execution",
    "poller_group_id",
    // Deployment and versioning of workers.
    "assigned_build_id",
    "binary_checksum",
    "build_id",
    "deployment",
    "deployment_transition",
    "deployment_version",
    "inherited_auto_upgrade_info",
    "inherited_build_id",
    "inherited_pinned_version",
    "inherited_versioning_info",
    "last_deployment",
    "last_deployment_version",
    "last_independently_assigned_build_id",
    "last_worker_deployment_version",
    "last_worker_version_stamp",
    "most_recent_worker_version_stamp",
    "source_version_stamp",
    "versioning_behavior",
    "versioning_info",
    "worker_deployment_name",
    "worker_deployment_version",
    "worker_version",
};

constexpr std::array<std::string_view, 3> full_names = {
    "temporal.api.history.v1.HistoryEvent.version",
    "temporal.api.history.v1.ActivityTaskScheduledEventAttributes.use_workflow_build_id",
    "temporal.api.workflow.v1.PendingActivityInfo.use_workflow_build_id",
};

bool left_out(const proto::FieldDescriptor& field) {
    if (field.containing_type()->options().map_entry()) return false;
    if (field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp") return true;
    return std::find(names.begin(), names.end(), field.name()) != names.end() ||
           std::find(full_names.begin(), full_names.end(), field.full_name()) != full_names.end();
}

}  // namespace

void clear_left_out(proto::Message& message) {
    const auto* reflection = message.GetReflection();
    std::vector<const proto::FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (left_out(*field)) {
            reflection->ClearField(&message, field);
        } else if (field->message_type() == nullptr) {
            continue;
        } else if (field->is_repeated()) {
            for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
                clear_left_out(*reflection->MutableRepeatedMessage(&message, field, i));
            }
        } else {
            clear_left_out(*reflection->MutableMessage(&message, field));
        }
    }
}

}  // namespace perdure::conformance
