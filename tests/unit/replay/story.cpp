#include "tests/unit/replay/story.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "api/time_convert.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::test {
namespace {

std::string payload_text(const pb::common::Payloads& payloads) {
    std::string text;
    for (const pb::common::Payload& payload : payloads.payloads()) text += " " + payload.data();
    return text;
}

const char* name_of(story_mode mode) {
    switch (mode) {
        case story_mode::cached:
            return "cached";
        case story_mode::evicted:
            return "evicted after each task";
        case story_mode::split:
            return "a task for each event";
        case story_mode::split_evicted:
            return "a task for each event, evicted after each";
    }
    return "";
}

}  // namespace

std::string command_text(const pb::command::Command& command) {
    switch (command.command_type()) {
        case pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: {
            const auto& call = command.schedule_activity_task_command_attributes();
            return "activity " + call.activity_type().name() + " #" + call.activity_id() + payload_text(call.input());
        }
        case pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            return "cancel-activity";
        case pb::enums::COMMAND_TYPE_START_TIMER: {
            const auto& timer = command.start_timer_command_attributes();
            return "timer #" + timer.timer_id() + " " + std::to_string(from_duration(timer.start_to_fire_timeout()).count()) +
                   "ms";
        }
        case pb::enums::COMMAND_TYPE_CANCEL_TIMER:
            return "cancel-timer #" + command.cancel_timer_command_attributes().timer_id();
        case pb::enums::COMMAND_TYPE_RECORD_MARKER:
            return "marker " + command.record_marker_command_attributes().marker_name();
        case pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            return "complete" + payload_text(command.complete_workflow_execution_command_attributes().result());
        case pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION: {
            const auto& failure = command.fail_workflow_execution_command_attributes().failure();
            const std::string& type = failure.application_failure_info().type();
            return "fail " + (type.empty() ? std::string() : type + ": ") + failure.message();
        }
        case pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            return "cancelled";
        case pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return "continue" + payload_text(command.continue_as_new_workflow_execution_command_attributes().input());
        default:
            return pb::enums::CommandType_Name(command.command_type());
    }
}

story::story(detail::workflow_type type, story_mode mode) : type_(std::move(type)), mode_(mode) {}
story::~story() = default;

pb::history::HistoryEvent& story::add(pb::enums::EventType type) {
    pb::history::HistoryEvent& event = *history_.add_events();
    event.set_event_id(history_.events_size());
    event.set_event_type(type);
    *event.mutable_event_time() = to_timestamp(wall_time(std::chrono::nanoseconds(now_ns_)));
    return event;
}

story& story::outside() {
    pending_ = true;
    if (split()) do_task();
    return *this;
}

story& story::start_with(const pb::common::Payloads& input) {
    pb::history::WorkflowExecutionStartedEventAttributes started;
    started.mutable_workflow_type()->set_name(type_.name);
    started.mutable_task_queue()->set_name("queue");
    *started.mutable_input() = input;
    return start_as(started);
}

story& story::start_as(const pb::history::WorkflowExecutionStartedEventAttributes& started) {
    pb::history::HistoryEvent& event = add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    *event.mutable_workflow_execution_started_event_attributes() = started;
    event.mutable_workflow_execution_started_event_attributes()->set_original_execution_run_id("run-1");
    return outside();
}

story& story::signal_with(const std::string& name, const pb::common::Payloads& input) {
    auto& attributes =
        *add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED).mutable_workflow_execution_signaled_event_attributes();
    attributes.set_signal_name(name);
    *attributes.mutable_input() = input;
    return outside();
}

story& story::cancel(const std::string& reason) {
    add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
        .mutable_workflow_execution_cancel_requested_event_attributes()
        ->set_cause(reason);
    return outside();
}

std::int64_t story::scheduled(int activity) const {
    for (const auto& event : history_.events()) {
        if (event.activity_task_scheduled_event_attributes().activity_id() == std::to_string(activity)) return event.event_id();
    }
    ADD_FAILURE() << "no activity " << activity << " is scheduled";
    return 0;
}

void story::start_activity(int activity) {
    auto& started = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED).mutable_activity_task_started_event_attributes();
    started.set_scheduled_event_id(scheduled(activity));
    started.set_attempt(1);
}

story& story::complete_with(int activity, const pb::common::Payloads& result) {
    start_activity(activity);
    auto& done = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED).mutable_activity_task_completed_event_attributes();
    done.set_scheduled_event_id(scheduled(activity));
    *done.mutable_result() = result;
    return outside();
}

story& story::fail(int activity, const failure& why) {
    start_activity(activity);
    auto& failed = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED).mutable_activity_task_failed_event_attributes();
    failed.set_scheduled_event_id(scheduled(activity));
    failed.set_retry_state(pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    *failed.mutable_failure() = detail::to_proto(why);
    return outside();
}

story& story::time_out(int activity) {
    auto& late = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT).mutable_activity_task_timed_out_event_attributes();
    late.set_scheduled_event_id(scheduled(activity));
    late.set_retry_state(pb::enums::RETRY_STATE_TIMEOUT);
    late.mutable_failure()->set_message("activity ScheduleToClose timeout");
    late.mutable_failure()->mutable_timeout_failure_info()->set_timeout_type(pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    return outside();
}

story& story::acknowledge_cancel(int activity) {
    add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED)
        .mutable_activity_task_canceled_event_attributes()
        ->set_scheduled_event_id(scheduled(activity));
    return outside();
}

std::int64_t story::timer_started(const std::string& id) const {
    for (const auto& event : history_.events()) {
        if (event.timer_started_event_attributes().timer_id() == id) return event.event_id();
    }
    ADD_FAILURE() << "no timer " << id << " is running";
    return 0;
}

story& story::fire(int timer) {
    const std::int64_t started = timer_started(std::to_string(timer));
    auto& fired = *add(pb::enums::EVENT_TYPE_TIMER_FIRED).mutable_timer_fired_event_attributes();
    fired.set_timer_id(std::to_string(timer));
    fired.set_started_event_id(started);
    return outside();
}

story& story::pass(std::chrono::milliseconds time) {
    now_ns_ += std::chrono::nanoseconds(time).count();
    return *this;
}

detail::run_identity story::identity() const {
    return {.space = "space", .workflow_id = "wf", .run_id = "run-1", .workflow_type = type_.name, .task_queue = "queue"};
}

detail::activation_result story::activate(detail::workflow_run& run, const pb::service::PollWorkflowTaskQueueResponse& task) {
    return run.activate(task, {.hooks = this, .space = "space", .identity = "tester"});
}

pb::service::PollWorkflowTaskQueueResponse story::next_task() {
    add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    pb::history::HistoryEvent& started = add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    started.mutable_workflow_task_started_event_attributes()->set_suggest_continue_as_new(suggest_);
    pb::service::PollWorkflowTaskQueueResponse task;
    task.set_previous_started_event_id(previous_started_);
    task.set_started_event_id(started.event_id());
    const std::int64_t from = run_ == nullptr ? 0 : previous_started_;
    for (const auto& event : history_.events()) {
        if (event.event_id() > from) *task.mutable_history()->add_events() = event;
    }
    return task;
}

void story::do_task() {
    const auto task = next_task();
    pending_ = false;
    if (run_ == nullptr) run_ = std::make_unique<detail::workflow_run>(type_, identity());
    last_result_ = activate(*run_, task);
    if (last_result_.kind == detail::activation_kind::failed) {
        failed_ = true;
        run_.reset();
        add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
        return;
    }
    ASSERT_EQ(last_result_.kind, detail::activation_kind::completed) << last_result_.reason;
    previous_started_ = task.started_event_id();
    auto& completed = *add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED).mutable_workflow_task_completed_event_attributes();
    *completed.mutable_sdk_metadata() = last_result_.completed.sdk_metadata();
    last_commands_.assign(last_result_.completed.commands().begin(), last_result_.completed.commands().end());
    for (const pb::command::Command& command : last_commands_) {
        text_ += (text_.empty() ? "" : "\n") + command_text(command);
        record(command);
    }
    if (mode_ == story_mode::evicted || mode_ == story_mode::split_evicted || last_result_.drop_run) run_.reset();
}

void story::record(const pb::command::Command& command) {
    const int before = history_.events_size();
    record_attributes(command);
    if (command.has_user_metadata()) *history_.mutable_events(before)->mutable_user_metadata() = command.user_metadata();
}

void story::record_attributes(const pb::command::Command& command) {
    switch (command.command_type()) {
        case pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: {
            const auto& call = command.schedule_activity_task_command_attributes();
            auto& event = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED).mutable_activity_task_scheduled_event_attributes();
            event.set_activity_id(call.activity_id());
            *event.mutable_activity_type() = call.activity_type();
            *event.mutable_task_queue() = call.task_queue();
            *event.mutable_input() = call.input();
            *event.mutable_retry_policy() = call.retry_policy();
            // As the service fills them in.
            const auto& close = call.schedule_to_close_timeout();
            const auto fill = [&](const google::protobuf::Duration& part) {
                return part.seconds() == 0 && part.nanos() == 0 ? close : part;
            };
            *event.mutable_schedule_to_close_timeout() = close;
            *event.mutable_start_to_close_timeout() = fill(call.start_to_close_timeout());
            *event.mutable_schedule_to_start_timeout() = fill(call.schedule_to_start_timeout());
            *event.mutable_heartbeat_timeout() = call.heartbeat_timeout();
            return;
        }
        case pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
                .mutable_activity_task_cancel_requested_event_attributes()
                ->set_scheduled_event_id(command.request_cancel_activity_task_command_attributes().scheduled_event_id());
            return;
        case pb::enums::COMMAND_TYPE_START_TIMER: {
            auto& event = *add(pb::enums::EVENT_TYPE_TIMER_STARTED).mutable_timer_started_event_attributes();
            event.set_timer_id(command.start_timer_command_attributes().timer_id());
            *event.mutable_start_to_fire_timeout() = command.start_timer_command_attributes().start_to_fire_timeout();
            return;
        }
        case pb::enums::COMMAND_TYPE_CANCEL_TIMER: {
            const std::string& id = command.cancel_timer_command_attributes().timer_id();
            const std::int64_t started = timer_started(id);
            auto& event = *add(pb::enums::EVENT_TYPE_TIMER_CANCELED).mutable_timer_canceled_event_attributes();
            event.set_timer_id(id);
            event.set_started_event_id(started);
            return;
        }
        case pb::enums::COMMAND_TYPE_RECORD_MARKER: {
            auto& event = *add(pb::enums::EVENT_TYPE_MARKER_RECORDED).mutable_marker_recorded_event_attributes();
            event.set_marker_name(command.record_marker_command_attributes().marker_name());
            *event.mutable_details() = command.record_marker_command_attributes().details();
            return;
        }
        case pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            *add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
                 .mutable_workflow_execution_completed_event_attributes()
                 ->mutable_result() = command.complete_workflow_execution_command_attributes().result();
            return;
        case pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            *add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
                 .mutable_workflow_execution_failed_event_attributes()
                 ->mutable_failure() = command.fail_workflow_execution_command_attributes().failure();
            return;
        case pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED);
            return;
        case pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION: {
            const auto& next = command.continue_as_new_workflow_execution_command_attributes();
            auto& event = *add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
                               .mutable_workflow_execution_continued_as_new_event_attributes();
            *event.mutable_workflow_type() = next.workflow_type();
            *event.mutable_task_queue() = next.task_queue();
            *event.mutable_input() = next.input();
            return;
        }
        default:
            FAIL() << "a command that the story does not know: " << command.ShortDebugString();
    }
}

std::string story::task() {
    if (pending_) do_task();
    EXPECT_FALSE(failed_) << last_result_.reason << "\n" << last_result_.failed.failure().stack_trace();
    return std::exchange(text_, {});
}

std::string story::failing_task() {
    if (pending_) do_task();
    EXPECT_TRUE(std::exchange(failed_, false)) << "the task did not fail";
    return pb::enums::WorkflowTaskFailedCause_Name(last_result_.failed.cause()) + ": " + last_result_.failed.failure().message();
}

pb::common::Payloads story::query_with(const std::string& name, const pb::common::Payloads& input) {
    pb::service::PollWorkflowTaskQueueResponse task;
    task.mutable_query()->set_query_type(name);
    *task.mutable_query()->mutable_query_args() = input;
    task.set_previous_started_event_id(previous_started_);
    std::unique_ptr<detail::workflow_run> made;
    detail::workflow_run* asked = run_.get();
    if (asked == nullptr) {
        *task.mutable_history() = history_;
        made = std::make_unique<detail::workflow_run>(type_, identity());
        asked = made.get();
    }
    last_result_ = activate(*asked, task);
    EXPECT_EQ(last_result_.kind, detail::activation_kind::query_answered) << last_result_.reason;
    return last_result_.query.query_result();
}

std::string story::failing_query(const std::string& name) {
    query_with(name, {});
    EXPECT_EQ(last_result_.query.completed_type(), pb::enums::QUERY_RESULT_TYPE_FAILED);
    return last_result_.query.error_message();
}

std::string story::stack() { return query<std::string>("__stack_trace"); }

std::string story::replay() { return replay_with(type_); }

std::string story::replay_with(const detail::workflow_type& other) {
    pb::service::PollWorkflowTaskQueueResponse task;
    *task.mutable_history() = history_;
    task.mutable_query()->set_query_type("__status");
    detail::workflow_run fresh(other, identity());
    const detail::activation_result result = activate(fresh, task);
    if (result.kind == detail::activation_kind::query_answered) return {};
    return pb::enums::WorkflowTaskFailedCause_Name(result.failed.cause()) + ": " + result.reason;
}

void story::replay_every_prefix() {
    for (int size = 1; size <= history_.events_size(); ++size) {
        pb::service::PollWorkflowTaskQueueResponse task;
        for (int i = 0; i < size; ++i) *task.mutable_history()->add_events() = history_.events(i);
        detail::workflow_run fresh(type_, identity());
        const detail::activation_result result = activate(fresh, task);
        EXPECT_EQ(result.kind, detail::activation_kind::completed) << "at event " << size << ": " << result.reason;
    }
}

void story::log(const detail::run_identity& run, log_level level, std::string_view message, std::span<const kv>) {
    EXPECT_EQ(run.run_id, "run-1");
    lines_.push_back({level, std::string(message)});
}

void story::count(const detail::run_identity&, std::string_view, double amount) { counted_ += amount; }

void in_every_mode(const std::function<detail::workflow_type()>& type, const std::function<void(story&)>& tell) {
    for (const story_mode mode : {story_mode::cached, story_mode::evicted, story_mode::split, story_mode::split_evicted}) {
        SCOPED_TRACE(name_of(mode));
        const std::uint64_t refused = detail::refused_in_eviction();
        story told(type(), mode);
        tell(told);
        if (::testing::Test::HasFatalFailure()) return;
        EXPECT_EQ(told.replay(), "") << "the history of the story does not replay";
        told.replay_every_prefix();
        told.evict();
        EXPECT_EQ(detail::refused_in_eviction(), refused) << "a destructor asked for an operation";
    }
}

}  // namespace perdure::test
