#include "cli/render/history_lines.hpp"

#include <google/protobuf/util/json_util.h>

#include "cli/render/failure.hpp"
#include "cli/render/proto_json.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

namespace enums = pb::enums;
using attributes = pb::history::HistoryEvent;

/// Joins what is known with commas and leaves out what is not.
class phrase {
  public:
    phrase& add(const std::string& text) {
        if (!text.empty()) text_ += (text_.empty() ? "" : ", ") + text;
        return *this;
    }
    phrase& add(const std::string& label, const std::string& value) { return value.empty() ? *this : add(label + " " + value); }
    phrase& add(const std::string& label, const pb::common::Payloads& values) {
        return values.payloads_size() == 0 ? *this : add(label, show_payloads(values));
    }
    phrase& add(const std::string& label, const google::protobuf::Duration& time) {
        return time.seconds() == 0 && time.nanos() == 0 ? *this : add(label, show_duration(time));
    }
    phrase& retries(enums::RetryState state) {
        // Without a policy, or with a next attempt in sight, there is nothing to explain.
        if (state == enums::RETRY_STATE_UNSPECIFIED || state == enums::RETRY_STATE_RETRY_POLICY_NOT_SET ||
            state == enums::RETRY_STATE_IN_PROGRESS) {
            return *this;
        }
        return add("not retried:", words_with_dashes(without_prefix(enums::RetryState_Name(state), "RETRY_STATE_")));
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string attempt(int number) { return number > 1 ? "attempt " + std::to_string(number) : std::string(); }

std::string keys(const google::protobuf::Map<std::string, pb::common::Payload>& fields) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : fields) sorted[name] = show_payload(value);
    phrase out;
    for (const auto& [name, value] : sorted) out.add(name + " = " + value);
    return out.take();
}

std::string timeout_kind(enums::TimeoutType type) {
    return words_with_dashes(without_prefix(enums::TimeoutType_Name(type), "TIMEOUT_TYPE_"));
}

/// What an event of a kind without words of its own carries.
std::string raw_attributes(const pb::history::HistoryEvent& event) {
    const auto* field = event.GetDescriptor()->FindFieldByNumber(static_cast<int>(event.attributes_case()));
    if (field == nullptr || field->message_type() == nullptr) return {};
    return proto_json(event.GetReflection()->GetMessage(event, field), payload_form::shorthand).dump();
}

std::string workflow_of(const pb::common::WorkflowExecution& execution) { return execution.workflow_id(); }

}  // namespace

tone event_tone(enums::EventType type) noexcept {
    const std::string& name = enums::EventType_Name(type);
    const auto ends = [&](const char* tail) { return std::string_view(name).ends_with(tail); };
    if (ends("_FAILED") || ends("_REJECTED")) return tone::bad;
    if (ends("_TIMED_OUT")) return tone::late;
    if (ends("_CANCELED") || ends("_TERMINATED")) return tone::stopped;
    if (ends("_COMPLETED") || type == enums::EVENT_TYPE_TIMER_FIRED) return tone::good;
    if (ends("_STARTED")) return tone::begun;
    return tone::plain;
}

std::string history_reader::activity(std::int64_t scheduled_event_id) const {
    const auto found = activities_.find(scheduled_event_id);
    return found == activities_.end() ? "scheduled by event " + std::to_string(scheduled_event_id) : found->second;
}

std::vector<std::string> history_reader::chain(const pb::failure::Failure& failure) const {
    return failure_lines(failure, style_.detailed);
}

history_line history_reader::read(const pb::history::HistoryEvent& event) {
    history_line line{event.event_id(), show_time(event.event_time()), event_words(event.event_type()), {}, {}, {}, tone::plain};
    line.how = event_tone(event.event_type());
    const std::string& type = enums::EventType_Name(event.event_type());
    const std::string_view name = type;
    if (name.starts_with("EVENT_TYPE_ACTIVITY_TASK_")) {
        read_activity(event, line);
    } else if (name.starts_with("EVENT_TYPE_WORKFLOW_TASK_")) {
        read_workflow_task(event, line);
    } else if (name.starts_with("EVENT_TYPE_WORKFLOW_EXECUTION_")) {
        read_workflow(event, line);
    } else {
        read_other(event, line);
    }
    if (event.user_metadata().has_summary()) {
        line.what += (line.what.empty() ? "" : " ") + ("— " + show_payload(event.user_metadata().summary()));
    }
    return line;
}

void history_reader::read_workflow(const pb::history::HistoryEvent& event, history_line& line) {
    switch (event.attributes_case()) {
        case attributes::kWorkflowExecutionStartedEventAttributes: {
            const auto& a = event.workflow_execution_started_event_attributes();
            line.what = phrase()
                            .add(a.workflow_type().name() + " on " + a.task_queue().name())
                            .add("input", a.input())
                            .add(attempt(a.attempt()))
                            .add("first task after", a.first_workflow_task_backoff())
                            .add("run timeout", a.workflow_run_timeout())
                            .add("continues run", a.continued_execution_run_id())
                            .add("child of", workflow_of(a.parent_workflow_execution()))
                            .take();
            line.who = a.identity();
            if (a.has_continued_failure()) line.failures = chain(a.continued_failure());
            return;
        }
        case attributes::kWorkflowExecutionCompletedEventAttributes:
            line.what = phrase().add("result", event.workflow_execution_completed_event_attributes().result()).take();
            return;
        case attributes::kWorkflowExecutionFailedEventAttributes: {
            const auto& a = event.workflow_execution_failed_event_attributes();
            line.what = phrase().retries(a.retry_state()).add("next run", a.new_execution_run_id()).take();
            line.failures = chain(a.failure());
            return;
        }
        case attributes::kWorkflowExecutionTimedOutEventAttributes: {
            const auto& a = event.workflow_execution_timed_out_event_attributes();
            line.what = phrase().retries(a.retry_state()).add("next run", a.new_execution_run_id()).take();
            return;
        }
        case attributes::kWorkflowExecutionCanceledEventAttributes:
            line.what = phrase().add("details", event.workflow_execution_canceled_event_attributes().details()).take();
            return;
        case attributes::kWorkflowExecutionTerminatedEventAttributes: {
            const auto& a = event.workflow_execution_terminated_event_attributes();
            line.what = phrase().add(a.reason()).add("details", a.details()).take();
            line.who = a.identity();
            return;
        }
        case attributes::kWorkflowExecutionContinuedAsNewEventAttributes: {
            const auto& a = event.workflow_execution_continued_as_new_event_attributes();
            line.what = phrase()
                            .add("as run " + a.new_execution_run_id())
                            .add("input", a.input())
                            .add("first task after", a.backoff_start_interval())
                            .take();
            if (a.has_failure()) line.failures = chain(a.failure());
            return;
        }
        case attributes::kWorkflowExecutionSignaledEventAttributes: {
            const auto& a = event.workflow_execution_signaled_event_attributes();
            line.what = phrase().add(a.signal_name()).add("input", a.input()).take();
            line.who = a.identity();
            return;
        }
        case attributes::kWorkflowExecutionCancelRequestedEventAttributes: {
            const auto& a = event.workflow_execution_cancel_requested_event_attributes();
            line.what = a.cause();
            line.who = a.identity();
            return;
        }
        case attributes::kWorkflowExecutionUpdateAcceptedEventAttributes: {
            const auto& request = event.workflow_execution_update_accepted_event_attributes().accepted_request();
            line.what = phrase().add(request.input().name()).add("input", request.input().args()).take();
            line.who = request.meta().identity();
            return;
        }
        case attributes::kWorkflowExecutionUpdateCompletedEventAttributes: {
            const auto& a = event.workflow_execution_update_completed_event_attributes();
            line.what = phrase().add("update", a.meta().update_id()).add("result", a.outcome().success()).take();
            if (a.outcome().has_failure()) line.failures = chain(a.outcome().failure());
            return;
        }
        default:
            line.what = raw_attributes(event);
            return;
    }
}

void history_reader::read_workflow_task(const pb::history::HistoryEvent& event, history_line& line) {
    switch (event.attributes_case()) {
        case attributes::kWorkflowTaskScheduledEventAttributes: {
            const auto& a = event.workflow_task_scheduled_event_attributes();
            const bool sticky = a.task_queue().kind() == enums::TASK_QUEUE_KIND_STICKY;
            line.what =
                phrase().add("on " + a.task_queue().name() + (sticky ? " (sticky)" : "")).add(attempt(a.attempt())).take();
            line.how = tone::quiet;
            return;
        }
        case attributes::kWorkflowTaskStartedEventAttributes:
            line.who = event.workflow_task_started_event_attributes().identity();
            line.how = tone::quiet;
            return;
        case attributes::kWorkflowTaskCompletedEventAttributes:
            line.who = event.workflow_task_completed_event_attributes().identity();
            line.how = tone::quiet;
            return;
        case attributes::kWorkflowTaskTimedOutEventAttributes:
            line.what = timeout_kind(event.workflow_task_timed_out_event_attributes().timeout_type());
            return;
        case attributes::kWorkflowTaskFailedEventAttributes: {
            const auto& a = event.workflow_task_failed_event_attributes();
            line.what =
                words_with_dashes(without_prefix(enums::WorkflowTaskFailedCause_Name(a.cause()), "WORKFLOW_TASK_FAILED_CAUSE_"));
            line.who = a.identity();
            if (a.has_failure()) line.failures = chain(a.failure());
            return;
        }
        default:
            line.what = raw_attributes(event);
            return;
    }
}

void history_reader::read_activity(const pb::history::HistoryEvent& event, history_line& line) {
    switch (event.attributes_case()) {
        case attributes::kActivityTaskScheduledEventAttributes: {
            const auto& a = event.activity_task_scheduled_event_attributes();
            const std::string name = a.activity_type().name() + " (id " + a.activity_id() + ")";
            activities_[event.event_id()] = name;
            line.what = phrase()
                            .add(name + " on " + a.task_queue().name())
                            .add("input", a.input())
                            .add("start-to-close", a.start_to_close_timeout())
                            .add("schedule-to-close", a.schedule_to_close_timeout())
                            .add("heartbeat", a.heartbeat_timeout())
                            .take();
            return;
        }
        case attributes::kActivityTaskStartedEventAttributes: {
            const auto& a = event.activity_task_started_event_attributes();
            line.what = phrase().add(activity(a.scheduled_event_id())).add(attempt(a.attempt())).take();
            line.who = a.identity();
            if (a.has_last_failure()) {
                line.failures = chain(a.last_failure());
                line.failures.front() = "attempt before failed with " + line.failures.front();
            }
            return;
        }
        case attributes::kActivityTaskCompletedEventAttributes: {
            const auto& a = event.activity_task_completed_event_attributes();
            line.what = phrase().add(activity(a.scheduled_event_id())).add("result", a.result()).take();
            line.who = a.identity();
            return;
        }
        case attributes::kActivityTaskFailedEventAttributes: {
            const auto& a = event.activity_task_failed_event_attributes();
            line.what = phrase().add(activity(a.scheduled_event_id())).retries(a.retry_state()).take();
            line.who = a.identity();
            line.failures = chain(a.failure());
            return;
        }
        case attributes::kActivityTaskTimedOutEventAttributes: {
            const auto& a = event.activity_task_timed_out_event_attributes();
            line.what = phrase().add(activity(a.scheduled_event_id())).retries(a.retry_state()).take();
            line.failures = chain(a.failure());
            return;
        }
        case attributes::kActivityTaskCancelRequestedEventAttributes:
            line.what = activity(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
            return;
        case attributes::kActivityTaskCanceledEventAttributes: {
            const auto& a = event.activity_task_canceled_event_attributes();
            line.what = phrase().add(activity(a.scheduled_event_id())).add("details", a.details()).take();
            line.who = a.identity();
            return;
        }
        default:
            line.what = raw_attributes(event);
            return;
    }
}

void history_reader::read_other(const pb::history::HistoryEvent& event, history_line& line) {
    switch (event.attributes_case()) {
        case attributes::kTimerStartedEventAttributes: {
            const auto& a = event.timer_started_event_attributes();
            timers_[event.event_id()] = show_duration(a.start_to_fire_timeout());
            line.what = phrase().add("timer " + a.timer_id()).add("for", show_duration(a.start_to_fire_timeout())).take();
            return;
        }
        case attributes::kTimerFiredEventAttributes: {
            const auto& a = event.timer_fired_event_attributes();
            const auto found = timers_.find(a.started_event_id());
            line.what =
                phrase().add("timer " + a.timer_id()).add("after", found == timers_.end() ? std::string() : found->second).take();
            return;
        }
        case attributes::kTimerCanceledEventAttributes:
            line.what = "timer " + event.timer_canceled_event_attributes().timer_id();
            line.who = event.timer_canceled_event_attributes().identity();
            return;
        case attributes::kMarkerRecordedEventAttributes: {
            const auto& a = event.marker_recorded_event_attributes();
            phrase what;
            what.add(a.marker_name());
            std::map<std::string, std::string> sorted;
            for (const auto& [name, values] : a.details()) sorted[name] = show_payloads(values);
            for (const auto& [name, values] : sorted) what.add(name + " = " + values);
            line.what = what.take();
            if (a.has_failure()) line.failures = chain(a.failure());
            return;
        }
        case attributes::kUpsertWorkflowSearchAttributesEventAttributes:
            line.what = keys(event.upsert_workflow_search_attributes_event_attributes().search_attributes().indexed_fields());
            return;
        case attributes::kWorkflowPropertiesModifiedEventAttributes:
            line.what = keys(event.workflow_properties_modified_event_attributes().upserted_memo().fields());
            return;
        case attributes::kStartChildWorkflowExecutionInitiatedEventAttributes: {
            const auto& a = event.start_child_workflow_execution_initiated_event_attributes();
            line.what = phrase()
                            .add(a.workflow_type().name() + " (" + a.workflow_id() + ") on " + a.task_queue().name())
                            .add("input", a.input())
                            .take();
            return;
        }
        case attributes::kChildWorkflowExecutionStartedEventAttributes: {
            const auto& a = event.child_workflow_execution_started_event_attributes();
            line.what = a.workflow_type().name() + " (" + workflow_of(a.workflow_execution()) + ")";
            return;
        }
        case attributes::kChildWorkflowExecutionCompletedEventAttributes: {
            const auto& a = event.child_workflow_execution_completed_event_attributes();
            line.what = phrase()
                            .add(a.workflow_type().name() + " (" + workflow_of(a.workflow_execution()) + ")")
                            .add("result", a.result())
                            .take();
            return;
        }
        case attributes::kChildWorkflowExecutionFailedEventAttributes: {
            const auto& a = event.child_workflow_execution_failed_event_attributes();
            line.what = a.workflow_type().name() + " (" + workflow_of(a.workflow_execution()) + ")";
            line.failures = chain(a.failure());
            return;
        }
        default:
            line.what = raw_attributes(event);
            return;
    }
}

std::string history_reader::print(const pb::history::HistoryEvent& event) {
    constexpr std::size_t id_columns = 4;
    constexpr std::size_t words_columns = 27;
    const history_line line = read(event);
    const std::string id = std::to_string(line.id);
    std::string out = std::string(id.size() < id_columns ? id_columns - id.size() : 0, ' ') + id + "  ";
    out += paint(line.time, tone::quiet, style_.colour) + "  ";
    const bool more = !line.what.empty() || !line.who.empty();
    out += paint(line.words, line.how, style_.colour);
    if (more) out += std::string(words_columns - std::min(words_columns, display_width(line.words)), ' ');
    if (!line.what.empty()) out += "  " + ellipsis(line.what, style_.detailed ? std::string::npos : style_.what_columns);
    if (!line.who.empty()) out += "  " + paint("by " + line.who, tone::quiet, style_.colour);
    out += '\n';
    const std::string indent(id_columns + 4, ' ');
    for (const auto& failure : line.failures) {
        out += indent +
               paint(ellipsis(failure, style_.detailed ? std::string::npos : 2 * style_.what_columns), tone::bad, style_.colour);
        out += '\n';
    }
    if (style_.detailed) {
        std::size_t start = 0;
        const std::string all = proto_json(event, payload_form::shorthand).dump(2) + "\n";
        for (auto end = all.find('\n'); end != std::string::npos; start = end + 1, end = all.find('\n', start)) {
            out += indent + all.substr(start, end - start) + '\n';
        }
    }
    return out;
}

}  // namespace perdure::cli
