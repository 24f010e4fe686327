#include "history_service/shard/rows_of_state.hpp"

#include <charconv>
#include <string_view>

#include <nlohmann/json.hpp>

#include "history_service/visibility/text.hpp"

namespace perdure::history {
namespace {

void add_value(visibility_row& row, const std::string& name, const nlohmann::json& value) {
    if (value.is_boolean())
        row.attributes.emplace_back(name, std::int64_t{value.get<bool>()});
    else if (value.is_number_integer())
        row.attributes.emplace_back(name, value.get<std::int64_t>());
    else if (value.is_number_float())
        row.attributes.emplace_back(name, value.get<double>());
    else if (value.is_string())
        row.attributes.emplace_back(name, comparable_text(value.get<std::string>()));
}

// Search attributes are JSON scalars or lists of them; anything else can be shown but not be searched.
void add_attribute(visibility_row& row, const std::string& name, std::string_view json) {
    if (json.size() > 64 * 1024) return;
    // The depth of an attribute is one; a deep text is turned down before it is read.
    const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= 2; };
    const auto value = nlohmann::json::parse(json, shallow, false);
    if (value.is_discarded()) return;
    if (!value.is_array()) return add_value(row, name, value);
    for (const auto& one : value) add_value(row, name, one);
}

wall_time time_of(const google::protobuf::Timestamp& stamp) {
    return wall_time{std::chrono::seconds{stamp.seconds()} + std::chrono::nanoseconds{stamp.nanos()}};
}

}  // namespace

visibility_row visibility_row_of(run_number run, const run_state& state) {
    const pb::workflow::WorkflowExecutionInfo info = visibility_of(state);
    visibility_row row;
    row.run = run;
    row.namespace_name = state.key().namespace_name;
    row.workflow_id = state.key().workflow_id;
    row.run_id = state.key().run_id;
    row.workflow_type = info.type().name();
    row.task_queue = info.task_queue();
    row.status = static_cast<int>(info.status());
    row.start_time = time_of(info.start_time());
    row.execution_time = time_of(info.execution_time());
    if (info.has_close_time()) row.close_time = time_of(info.close_time());
    row.history_length = info.history_length();
    // In the order of names: a map has none, and the row of equal states is equal.
    std::map<std::string_view, std::string_view> sorted;
    for (const auto& [name, payload] : info.search_attributes().indexed_fields()) sorted.emplace(name, payload.data());
    for (const auto& [name, data] : sorted)
        if (name != unlisted_attribute) add_attribute(row, std::string(name), data);
    row.info = info.SerializeAsString();
    return row;
}

queue_key queue_key_of(const run_state& state, const outstanding_task& task) {
    return {state.key().namespace_name, task.queue.name(), task.task.kind,
            task.queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY};
}

queue_key normal_queue_of(const run_state& state, const outstanding_task& task) {
    queue_key queue = queue_key_of(state, task);
    if (!queue.sticky) return queue;
    queue.sticky = false;
    queue.name = task.queue.normal_name().empty() ? state.execution.started.task_queue().name() : task.queue.normal_name();
    return queue;
}

task_row task_row_of(run_number run, const run_state& state, const outstanding_task& task) {
    return {queue_key_of(state, task), {task.scheduled_time, run, task.task.scheduled_event_id}, task.task.attempt};
}

std::optional<wall_time> wakeup_of(const run_state& state, std::chrono::seconds retention) {
    if (state.running()) return next_wakeup(state);
    return state.execution.close_time.value_or(state.execution.start_time) + retention;
}

result<run_state> state_of(const loaded_run& loaded) {
    run_state state;
    if (loaded.checkpoint) {
        journal::Checkpoint message;
        if (!message.ParseFromString(loaded.checkpoint->bytes))
            return service_failure{status_code::data_loss, "the checkpoint of run " + loaded.key.run_id + " cannot be read"};
        auto restored = restore(message);
        if (!restored) return std::move(restored).error();
        state = std::move(*restored);
    }
    for (const journal_record& record : loaded.records) {
        journal::JournalRecord message;
        if (!message.ParseFromString(record.bytes))
            return service_failure{status_code::data_loss, "record " + std::to_string(record.sequence) + " of run " +
                                                               loaded.key.run_id + " cannot be read"};
        if (auto folded = fold(state, message); !folded) return std::move(folded).error();
    }
    return state;
}

bool changes_visibility(const journal::JournalRecord& record, const run_state& after) {
    if (record.sequence() == 1 || !after.running()) return true;
    for (const auto& change : record.changes()) {
        if (!change.has_event()) continue;
        const auto type = change.event().event_type();
        if (type == pb::enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES ||
            type == pb::enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED)
            return true;
    }
    return false;
}

}  // namespace perdure::history
