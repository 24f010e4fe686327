#include "tests/unit/node/fixture.hpp"

#include <algorithm>

namespace perdure::server::test {
namespace {

using session_tasks = node_test;

TEST_F(session_tasks, a_task_is_pushed_for_each_credit) {
    worker w(served());
    w.serve("q", 2, 0);
    for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(start(id).ok());
    EXPECT_EQ(w.heard(), (words{"task a on 1", "task b on 1"}));
    w.credit(1, 1);
    EXPECT_EQ(w.heard(), (words{"task c on 1"}));
}

TEST_F(session_tasks, an_order_runs_over_one_connection) {
    worker w(served());
    w.serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a")}, 1);
    auto said = w.take();
    ASSERT_EQ(said.size(), 2U) << "the answer and the activity that it scheduled";
    const auto& pushed = said[0].has_activity_task() ? said[0] : said[1];
    ASSERT_TRUE(pushed.has_activity_task());
    EXPECT_EQ(served().figures().running_activities, 1U);
    pb::worker::WorkerMessage answer;
    answer.set_request_id(2);
    answer.mutable_activity_completed()->set_task_token(pushed.activity_task().task().task_token());
    w.say(answer);
    EXPECT_EQ(served().figures().running_activities, 0U);
    said = w.take();
    ASSERT_EQ(said.size(), 2U) << "the answer and the next workflow task";
    const auto& next = said[0].has_workflow_task() ? said[0] : said[1];
    w.complete(next.workflow_task().task().task_token(), {finish()}, 3);
    EXPECT_EQ(w.heard(), (words{"completed #3"}));
    EXPECT_EQ(history("w").back(), "WORKFLOW_EXECUTION_COMPLETED");
}

TEST_F(session_tasks, what_an_answer_schedules_goes_to_the_worker_that_answered) {
    worker other(served(), "other");
    other.serve("q", 0, 10);
    worker w(served(), "asking");
    w.serve("q", 1, 10);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a"), activity("b")}, 0);
    EXPECT_EQ(w.heard(), (words{"activity a on 2", "activity b on 2"}));
    EXPECT_EQ(other.heard(), words{});
}

TEST_F(session_tasks, eager_activities_travel_in_the_answer_and_hear_of_cancels) {
    worker w(served());
    w.serve("q", 10, 0);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a", "q", true)}, 1);
    const auto said = w.take();
    ASSERT_EQ(said.size(), 1U);
    ASSERT_EQ(said[0].workflow_task_completed().activity_tasks_size(), 1);
    ASSERT_TRUE(signal("w").ok());
    w.complete(w.take_workflow_task().task_token(), {cancel_activity(5)}, 0);
    EXPECT_EQ(w.heard(), (words{"cancel"}));
}

TEST_F(session_tasks, results_that_come_together_are_one_workflow_task) {
    // More than a workflow task that is under way lets gather.
    constexpr int count = 150;
    worker w(served());
    w.serve("q", 10, count);
    ASSERT_TRUE(start("w").ok());
    std::vector<pb::command::Command> commands;
    for (int index = 0; index < count; ++index) commands.push_back(activity("a" + std::to_string(index)));
    w.complete(w.take_workflow_task().task_token(), std::move(commands), 0);
    pb::worker::FromWorker frame;
    for (const auto& pushed : w.take())
        frame.add_messages()->mutable_activity_completed()->set_task_token(pushed.activity_task().task().task_token());
    ASSERT_EQ(frame.messages_size(), count);
    w.connection().receive(frame);
    EXPECT_EQ(w.heard(), (words{"task w on 1"}));
    const auto events = history("w");
    EXPECT_EQ(std::ranges::count(events, "WORKFLOW_TASK_FAILED"), 0);
    EXPECT_EQ(std::ranges::count(events, "ACTIVITY_TASK_COMPLETED"), count);
}

TEST_F(session_tasks, a_cancel_is_pushed_to_the_worker_that_runs_the_activity) {
    worker w(served());
    w.serve("q", 10, 10);
    worker idle(served(), "idle");
    idle.serve("q", 0, 10);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a")}, 0);
    const std::string token = w.take_activity_task().task_token();
    ASSERT_TRUE(signal("w").ok());
    w.complete(w.take_workflow_task().task_token(), {cancel_activity(5)}, 0);
    const auto said = w.take();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].activity_cancel_requested().task_token(), token);
    EXPECT_EQ(idle.heard(), words{});
    pb::worker::WorkerMessage beat;
    beat.set_request_id(9);
    beat.mutable_activity_heartbeat()->set_task_token(token);
    w.say(beat);
    EXPECT_EQ(w.heard(), (words{"heartbeat cancel #9"}));
}

TEST_F(session_tasks, the_worker_hears_when_its_attempt_is_over_without_it) {
    worker w(served());
    w.serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a")}, 0);
    (void)w.take();
    pb::service::TerminateWorkflowExecutionRequest stop;
    stop.set_namespace_("default");
    stop.mutable_workflow_execution()->set_workflow_id("w");
    ASSERT_TRUE(call(&node::terminate_workflow_execution, stop).ok());
    EXPECT_EQ(w.heard(), (words{"cancel"}));
    EXPECT_EQ(served().figures().running_activities, 0U);
}

TEST_F(session_tasks, an_activity_that_was_answered_elsewhere_is_forgotten) {
    worker w(served());
    w.serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a")}, 0);
    pb::service::RespondActivityTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token(w.take_activity_task().task_token());
    EXPECT_EQ(served().figures().running_activities, 1U);
    ASSERT_TRUE(call(&node::respond_activity_task_completed, answer).ok());
    EXPECT_EQ(served().figures().running_activities, 0U);
}

TEST_F(session_tasks, a_worker_that_comes_back_and_heartbeats_hears_of_cancels_again) {
    auto first = std::make_unique<worker>(served());
    first->serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    first->complete(first->take_workflow_task().task_token(), {activity("a")}, 0);
    const std::string token = first->take_activity_task().task_token();
    first.reset();
    worker again(served());
    again.serve("q", 10, 10);
    pb::worker::WorkerMessage beat;
    beat.set_request_id(9);
    beat.mutable_activity_heartbeat()->set_task_token(token);
    again.say(beat);
    EXPECT_EQ(again.heard(), (words{"heartbeat #9"}));
    ASSERT_TRUE(signal("w").ok());
    again.complete(again.take_workflow_task().task_token(), {cancel_activity(5)}, 0);
    EXPECT_EQ(again.heard(), (words{"cancel"}));
}

TEST_F(session_tasks, a_worker_that_does_not_read_is_pushed_nothing) {
    worker w(served());
    w.serve("q", 10, 10);
    w.connection().set_unsent_bytes(options_.unread_bytes + 1);
    ASSERT_TRUE(start("w").ok());
    EXPECT_EQ(w.heard(), words{});
    worker other(served(), "other");
    other.serve("q", 1, 0);
    EXPECT_EQ(other.heard(), (words{})) << "serve clears what was said";
    ASSERT_TRUE(start("v").ok());
    w.connection().set_unsent_bytes(options_.unread_bytes - 1);
    EXPECT_EQ(w.heard(), words{}) << "a little less is not enough";
    w.connection().set_unsent_bytes(0);
    EXPECT_EQ(w.heard(), (words{"task v on 1"}));
}

TEST_F(session_tasks, a_subscription_of_a_worker_that_does_not_read_waits_too) {
    worker w(served());
    w.hello();
    w.connection().set_unsent_bytes(options_.unread_bytes + 1);
    w.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q");
    w.credit(1, 1);
    ASSERT_TRUE(start("w").ok());
    EXPECT_EQ(w.heard(), (words{"welcome"}));
    w.connection().set_unsent_bytes(0);
    EXPECT_EQ(w.heard(), (words{"task w on 1"}));
}

TEST_F(session_tasks, a_draining_worker_answers_and_gets_nothing_new) {
    worker w(served());
    w.serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    const std::string token = w.take_workflow_task().task_token();
    pb::worker::WorkerMessage drain;
    drain.set_request_id(1);
    drain.mutable_drain();
    w.say(drain);
    w.credit(1, 5);
    w.subscribe(7, pb::worker::TASK_KIND_WORKFLOW, "q");
    w.credit(7, 5);
    ASSERT_TRUE(start("v").ok());
    w.complete(token, {activity("a")}, 2);
    EXPECT_EQ(w.heard(), (words{"done #1", "completed #2"}));
    worker other(served(), "other");
    other.hello();
    other.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q");
    other.credit(1, 5);
    EXPECT_EQ(other.heard(), (words{"welcome", "task v on 1"}));
}

TEST_F(session_tasks, an_unsubscribed_queue_is_not_served_any_more) {
    worker w(served());
    w.serve("q", 10, 10);
    pb::worker::WorkerMessage gone;
    gone.set_request_id(1);
    gone.mutable_unsubscribe()->set_subscription(1);
    w.say(gone);
    ASSERT_TRUE(start("w").ok());
    EXPECT_EQ(w.heard(), (words{"done #1"}));
    w.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q", 2);
    w.credit(1, 1);
    EXPECT_EQ(w.heard(), (words{"done #2", "task w on 1"}));
}

TEST_F(session_tasks, history_is_given_on_the_connection) {
    worker w(served());
    w.serve("q", 10, 10);
    ASSERT_TRUE(start("w").ok());
    (void)w.take();
    pb::worker::WorkerMessage wanted;
    wanted.set_request_id(4);
    wanted.mutable_get_history()->mutable_execution()->set_workflow_id("w");
    w.say(wanted);
    EXPECT_EQ(w.heard(), (words{"history of 3 #4"}));
}

}  // namespace
}  // namespace perdure::server::test
