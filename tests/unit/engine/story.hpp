#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "tests/unit/engine/engine_host.hpp"

namespace perdure::history::test {

using namespace std::chrono_literals;
using pb::command::Command;

// Commands as a workflow would give them.
[[nodiscard]] pb::common::Payloads payload(std::string_view json);
[[nodiscard]] Command schedule(const std::string& activity_id, milliseconds start_to_close = 10s);
[[nodiscard]] Command schedule(pb::command::ScheduleActivityTaskCommandAttributes attributes);
[[nodiscard]] Command cancel_activity(std::int64_t scheduled_event_id);
[[nodiscard]] Command start_timer(const std::string& timer_id, milliseconds length);
[[nodiscard]] Command cancel_timer(const std::string& timer_id);
[[nodiscard]] Command marker(const std::string& name);
[[nodiscard]] Command complete(std::string_view result = "\"done\"");
[[nodiscard]] Command fail(const std::string& type = "Rejected");
[[nodiscard]] Command cancel_run();
[[nodiscard]] Command continue_as_new(std::string_view input = "\"next\"");

[[nodiscard]] pb::command::ScheduleActivityTaskCommandAttributes activity(const std::string& activity_id);
[[nodiscard]] pb::failure::Failure application_failure(const std::string& message, const std::string& type = "Err");

/// One event as a short line: number, type, and what tells it from others of its type.
[[nodiscard]] std::string line_of(const pb::history::HistoryEvent& event);

/// One workflow, "w" on the queue "q", and both sides of it, told step by step.
class story {
  public:
    story();
    /// With something else than the defaults asked for.
    explicit story(const pb::service::StartWorkflowExecutionRequest& request);

    [[nodiscard]] static pb::service::StartWorkflowExecutionRequest plain_start();

    engine_host host{};

    void pass(milliseconds time) { host.advance(host.now + time); }
    [[nodiscard]] hosted_run& run() { return *host.find("w"); }

    /// A worker takes the workflow task; the test fails if there is none.
    pb::service::PollWorkflowTaskQueueResponse take(const std::string& queue = "q");
    [[nodiscard]] bool has_task(const std::string& queue = "q");
    /// Answers the task taken last.
    result<pb::service::RespondWorkflowTaskCompletedResponse> answer(std::initializer_list<Command> commands = {});
    result<pb::service::RespondWorkflowTaskCompletedResponse> answer(pb::service::RespondWorkflowTaskCompletedRequest request);
    /// Takes and answers; the answer must be accepted.
    void turn(std::initializer_list<Command> commands = {});
    /// As `turn`, and stays with the worker's own queue "q-sticky".
    void sticky_turn(std::initializer_list<Command> commands = {}) { stay_sticky(commands, false); }
    /// As `sticky_turn`, by a worker that runs foreseen tasks.
    void foreseeing_turn(std::initializer_list<Command> commands = {}) { stay_sticky(commands, true); }
    result<done> fail_task(
        pb::enums::WorkflowTaskFailedCause cause = pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);

    /// A worker takes an activity task; the test fails if there is none. Remembered by activity id.
    pb::service::PollActivityTaskQueueResponse take_activity(const std::string& queue = "q");
    [[nodiscard]] bool has_activity(const std::string& queue = "q");
    result<done> finish(const std::string& activity_id, std::string_view json = "\"ok\"");
    /// Finishes the activity and answers the workflow task that was foreseen from it. Whether the answer took effect as well.
    result<bool> finish_and_answer(const std::string& activity_id, const pb::service::PerdureForeseenAnswer& foreseen);
    result<done> break_down(const std::string& activity_id, const pb::failure::Failure& failure);
    result<done> break_down(const std::string& activity_id) { return break_down(activity_id, application_failure("boom")); }
    result<done> obey_cancel(const std::string& activity_id);
    result<pb::service::RecordActivityTaskHeartbeatResponse> beat(const std::string& activity_id, std::string_view json);

    result<done> signal(const std::string& name, const std::string& request_id = "");
    result<done> request_cancel();
    result<done> terminate();
    [[nodiscard]] pb::service::DescribeWorkflowExecutionResponse describe();

    /// The newest run's history, a line an event.
    [[nodiscard]] std::string history();
    /// From an event on.
    [[nodiscard]] std::string history_from(std::int64_t event_id);

  private:
    void stay_sticky(std::initializer_list<Command> commands, bool foresees);

    std::string task_token_{};
    std::map<std::string, std::string> activity_tokens_{};
};

}  // namespace perdure::history::test
