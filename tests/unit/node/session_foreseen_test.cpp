#include "api/time_convert.hpp"
#include "tests/unit/node/fixture.hpp"

// Answers to workflow tasks that travel with an activity's result.

namespace perdure::server::test {
namespace {

class session_foreseen : public node_test {
  protected:
    /// The worker's answer to the first task: it schedules "a" and says that the worker foresees.
    static pb::service::RespondWorkflowTaskCompletedRequest first_answer(const std::string& token) {
        pb::service::RespondWorkflowTaskCompletedRequest answer;
        answer.set_task_token(token);
        *answer.add_commands() = activity("a");
        auto& sticky = *answer.mutable_sticky_attributes();
        sticky.mutable_worker_task_queue()->set_name("q-sticky");
        sticky.mutable_schedule_to_start_timeout()->set_seconds(5);
        sticky.set_perdure_foresees(true);
        return answer;
    }

    pb::service::PollActivityTaskQueueResponse begin(worker& w) {
        w.serve("q", 10, 10);
        EXPECT_TRUE(start("w").ok());
        pb::worker::WorkerMessage message;
        *message.mutable_workflow_task_completed() = first_answer(w.take_workflow_task().task_token());
        w.say(std::move(message));
        return w.take_activity_task();
    }

    pb::worker::WorkerMessage result_and_answer(const pb::service::PollActivityTaskQueueResponse& task,
                                                std::vector<pb::command::Command> commands) const {
        pb::worker::WorkerMessage message;
        message.set_request_id(7);
        auto& completed = *message.mutable_activity_completed();
        completed.set_task_token(task.task_token());
        auto& foreseen = *completed.mutable_perdure_foreseen();
        foreseen.set_started_event_id(task.perdure_foreseen_task().started_event_id());
        *foreseen.mutable_time() = to_timestamp(now_);
        for (auto& command : commands) *foreseen.mutable_answer()->add_commands() = std::move(command);
        return message;
    }
};

TEST_F(session_foreseen, result_and_answer_have_one_reply) {
    worker w(served());
    const auto task = begin(w);
    ASSERT_TRUE(task.has_perdure_foreseen_task());
    ASSERT_EQ(task.perdure_foreseen_task().history().events_size(), 6) << "it is whole for whoever shares the process";
    w.say(result_and_answer(task, {finish()}));
    EXPECT_EQ(w.heard(), (words{"completed #7"}));
    EXPECT_EQ(served().figures().foreseen_taken, 1U);
    EXPECT_EQ(history("w").back(), "WORKFLOW_EXECUTION_COMPLETED");
    EXPECT_EQ(served().figures().running_activities, 0U);
}

TEST_F(session_foreseen, the_reply_brings_the_next_activity) {
    worker w(served());
    w.say(result_and_answer(begin(w), {activity("b", "q", true)}));
    const auto said = w.take();
    ASSERT_EQ(said.size(), 1U);
    ASSERT_EQ(said[0].workflow_task_completed().activity_tasks_size(), 1);
    EXPECT_EQ(said[0].workflow_task_completed().activity_tasks(0).activity_id(), "b");
    EXPECT_EQ(served().figures().running_activities, 1U);
}

TEST_F(session_foreseen, an_activity_that_nobody_is_there_to_take_goes_to_another_worker) {
    worker other(served(), "other");
    other.serve("q", 0, 10);
    {
        worker w(served());
        const auto task = begin(w);
        commits_.at_once = false;
        w.say(result_and_answer(task, {activity("b", "q", true)}));
    }
    commits_.at_once = true;
    commits_.finish();
    EXPECT_EQ(other.heard(), (words{"activity b on 2"}));
}

TEST_F(session_foreseen, an_answer_that_is_passed_over_is_done_as_a_result) {
    worker w(served());
    const auto task = begin(w);
    ASSERT_TRUE(signal("w").ok());
    (void)w.take();
    w.say(result_and_answer(task, {finish()}));
    EXPECT_EQ(w.heard(), (words{"done #7"}));
    EXPECT_EQ(served().figures().foreseen_taken, 0U);
    EXPECT_EQ(served().figures().foreseen_passed_over, 1U);
}

TEST_F(session_foreseen, an_answer_for_another_namespace_is_refused_whole) {
    worker w(served());
    const auto task = begin(w);
    auto message = result_and_answer(task, {finish()});
    message.mutable_activity_completed()->mutable_perdure_foreseen()->mutable_answer()->set_namespace_("another");
    w.say(std::move(message));
    EXPECT_EQ(w.heard(), (words{"error InvalidArgument #7"}));
    w.say(result_and_answer(task, {finish()}));
    EXPECT_EQ(w.heard(), (words{"completed #7"}));
}

TEST_F(session_foreseen, is_for_streams_alone) {
    worker w(served());
    const auto task = begin(w);
    auto request = result_and_answer(task, {finish()}).activity_completed();
    request.set_namespace_("default");
    const auto answered = call(&node::respond_activity_task_completed, request);
    ASSERT_TRUE(answered.ok());
    EXPECT_FALSE(answered->has_perdure_foreseen());
    EXPECT_EQ(history("w").back(), "WORKFLOW_TASK_STARTED") << "its worker has the task that the server made";
}

TEST_F(session_foreseen, is_not_told_to_whoever_polls) {
    worker w(served(), "poller");
    w.serve("q", 10, 0);
    ASSERT_TRUE(start("w").ok());
    pb::worker::WorkerMessage message;
    *message.mutable_workflow_task_completed() = first_answer(w.take_workflow_task().task_token());
    w.say(std::move(message));
    const auto task = poll_activity();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->activity_id(), "a");
    EXPECT_FALSE((*task)->has_perdure_foreseen_task());
}

}  // namespace
}  // namespace perdure::server::test
