#include "history_service/engine/validate.hpp"

#include <algorithm>

#include "api/ids.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {
namespace {

std::string over(std::string_view what, std::size_t size, std::size_t limit, std::string_view remedy) {
    return std::string(what) + " exceeds size limit: " + std::to_string(size) + " bytes of " + std::to_string(limit) + ". " +
           std::string(remedy);
}

}  // namespace

service_failure invalid(std::string message) { return {status_code::invalid_argument, std::move(message)}; }

result<done> check_optional_name(const environment& env, std::string_view what, const std::string& value) {
    if (value.size() > env.bounds.id_bytes) {
        return invalid(std::string(what) + " length exceeds limit: " + std::to_string(value.size()) + " bytes of " +
                       std::to_string(env.bounds.id_bytes) + "; use a shorter one.");
    }
    if (!is_valid_utf8(value)) return invalid(std::string(what) + " is not valid UTF-8; send text.");
    return done{};
}

result<done> check_name(const environment& env, std::string_view what, const std::string& value) {
    if (value.empty()) return invalid(std::string(what) + " is not set on request; it must name something.");
    return check_optional_name(env, what, value);
}

result<done> check_payload(const environment& env, std::string_view what, const google::protobuf::Message& carried) {
    if (const auto size = carried.ByteSizeLong(); size > env.bounds.payload_bytes) {
        return invalid(over(what, size, env.bounds.payload_bytes, "Keep large data elsewhere and send a reference to it."));
    }
    return done{};
}

result<done> check_memo(const environment& env, const pb::common::Memo& memo) {
    if (const auto size = memo.ByteSizeLong(); size > env.bounds.memo_bytes) {
        return invalid(over("Memo", size, env.bounds.memo_bytes, "A memo is for a few words about a run."));
    }
    return done{};
}

result<done> check_search_attributes(const environment& env, const pb::common::SearchAttributes& attributes) {
    if (attributes.indexed_fields().size() > env.bounds.search_attribute_count) {
        return invalid("Too many search attributes: " + std::to_string(attributes.indexed_fields().size()) + " of " +
                       std::to_string(env.bounds.search_attribute_count) + "; put what is not searched for into the memo.");
    }
    for (const auto& [name, value] : attributes.indexed_fields()) {
        if (auto checked = check_name(env, "Search attribute name", name); !checked) return checked;
        if (value.data().size() > env.bounds.search_attribute_value_bytes) {
            return invalid(over("Search attribute " + name, value.data().size(), env.bounds.search_attribute_value_bytes,
                                "Search by a shorter value."));
        }
    }
    if (const auto size = attributes.ByteSizeLong(); size > env.bounds.search_attributes_bytes) {
        return invalid(over("Search attributes together", size, env.bounds.search_attributes_bytes,
                            "Put what is not searched for into the memo."));
    }
    return done{};
}

result<done> check_user_metadata(const environment& env, const pb::sdk::UserMetadata& metadata) {
    if (const auto size = metadata.summary().ByteSizeLong(); size > env.bounds.user_metadata_summary_bytes) {
        return invalid(over("UserMetadata.Summary", size, env.bounds.user_metadata_summary_bytes, "Use a shorter one."));
    }
    if (const auto size = metadata.details().ByteSizeLong(); size > env.bounds.user_metadata_details_bytes) {
        return invalid(over("UserMetadata.Details", size, env.bounds.user_metadata_details_bytes, "Use shorter ones."));
    }
    if (const auto size = metadata.perdure_call_site().size(); size > env.bounds.user_metadata_call_site_bytes) {
        return invalid(
            over("UserMetadata.PerdureCallSite", size, env.bounds.user_metadata_call_site_bytes, "Use a shorter one."));
    }
    return done{};
}

result<done> check_task_queue(const environment& env, pb::taskqueue::TaskQueue& queue) {
    if (queue.name().empty()) return invalid("missing task queue name: set the task queue that workers serve.");
    if (queue.name().starts_with("/_sys/")) {
        return invalid("task queue name '" + queue.name() + "' cannot start with reserved prefix /_sys/; use another one.");
    }
    if (queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY) {
        return invalid("task queue '" + queue.name() + "' is sticky; sticky queues are workers' own, name a normal one.");
    }
    queue.set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
    queue.clear_normal_name();
    return check_optional_name(env, "task queue name", queue.name());
}

std::string name_of(const run_key& key) { return "workflow '" + key.workflow_id + "', run " + key.run_id; }

service_failure already_completed(const run_state& state) {
    return {status_code::not_found, "workflow execution already completed: " + name_of(state.key()) +
                                        " is closed; start the workflow again if it should go on."};
}

run_timeouts settle_timeouts(const environment& env, milliseconds execution, milliseconds run, milliseconds task) {
    if (execution > milliseconds::zero()) run = run == milliseconds::zero() ? execution : std::min(run, execution);
    if (task == milliseconds::zero()) task = env.bounds.workflow_task_timeout;
    task = std::min(task, env.bounds.workflow_task_timeout_max);
    if (run > milliseconds::zero()) task = std::min(task, run);
    return {execution, run, task};
}

}  // namespace perdure::history
