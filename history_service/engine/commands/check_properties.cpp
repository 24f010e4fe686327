#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/properties.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {

std::optional<task_failure> command_checker::check_marker(const pb::command::RecordMarkerCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, why);
    };
    if (command.marker_name().empty()) return refuse("MarkerName is not set on RecordMarkerCommand.");
    if (auto checked = check_name(env_, "MarkerName", command.marker_name()); !checked) return refuse(checked.error().message);
    if (auto checked = check_payload(env_, "Marker " + command.marker_name(), command); !checked) {
        return refuse(checked.error().message);
    }
    return std::nullopt;
}

std::optional<task_failure> command_checker::check_upsert(pb::command::UpsertWorkflowSearchAttributesCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, why);
    };
    if (command.search_attributes().indexed_fields().empty()) {
        return refuse("IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.");
    }
    if (auto checked = check_search_attributes(env_, command.search_attributes()); !checked) {
        return refuse(checked.error().message);
    }
    name_types(*command.mutable_search_attributes());
    if (!touched_attributes_) attributes_ = state_.execution.search_attributes;
    touched_attributes_ = true;
    merge(attributes_, command.search_attributes());
    if (auto checked = check_search_attributes(env_, attributes_); !checked) return refuse(checked.error().message);
    return std::nullopt;
}

std::optional<task_failure> command_checker::check_properties(
    const pb::command::ModifyWorkflowPropertiesCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES, why);
    };
    if (command.upserted_memo().fields().empty()) {
        return refuse("UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.");
    }
    if (!touched_memo_) memo_ = state_.execution.memo;
    touched_memo_ = true;
    merge(memo_, command.upserted_memo());
    if (auto checked = check_memo(env_, memo_); !checked) return refuse(checked.error().message);
    return std::nullopt;
}

}  // namespace perdure::history
