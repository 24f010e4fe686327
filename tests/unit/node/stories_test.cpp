#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

using story = node_test;

TEST_F(story, a_workflow_is_started_taken_and_completed) {
    ASSERT_TRUE(start("w").ok());
    const auto task = poll();
    ASSERT_TRUE(task->ok()) << task->text();
    EXPECT_EQ((*task)->workflow_execution().workflow_id(), "w");
    EXPECT_EQ((*task)->attempt(), 1);
    EXPECT_EQ((*task)->history().events_size(), 3);
    ASSERT_TRUE(complete((*task)->task_token(), {finish()}).ok());
    EXPECT_EQ(history("w"), (words{"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED",
                                   "WORKFLOW_TASK_COMPLETED", "WORKFLOW_EXECUTION_COMPLETED"}));
}

TEST_F(story, a_poll_that_waits_is_answered_by_a_start) {
    const auto task = poll();
    EXPECT_TRUE(task->empty());
    ASSERT_TRUE(start("w").ok());
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->workflow_execution().workflow_id(), "w");
}

TEST_F(story, a_poll_without_a_task_ends_empty_after_a_minute) {
    const auto task = poll();
    const auto work = poll_activity();
    pass(60s - 1ns);
    EXPECT_TRUE(task->empty());
    pass(1ms);
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->task_token(), "");
    ASSERT_TRUE(work->ok());
    EXPECT_EQ((*work)->task_token(), "");
    EXPECT_EQ(served().figures().polls, 0U);
}

TEST_F(story, a_clock_that_is_set_back_does_not_lengthen_a_poll) {
    const auto task = poll();
    pass(30s);
    now_ -= 1h;
    served().advance(now_);
    pass(31s);
    EXPECT_TRUE(task->ok());
}

TEST_F(story, polls_that_wait_are_told_when_the_node_goes) {
    const auto task = poll();
    served_.reset();
    EXPECT_EQ(task->code(), status_code::unavailable);
}

TEST_F(story, an_activity_goes_to_whoever_polls_for_it) {
    ASSERT_TRUE(start("w").ok());
    ASSERT_TRUE(complete((*poll())->task_token(), {activity("a"), activity("b")}).ok());
    const auto first = poll_activity();
    const auto second = poll_activity();
    ASSERT_TRUE(first->ok() && second->ok());
    EXPECT_EQ((*first)->activity_id(), "a");
    EXPECT_EQ((*second)->activity_id(), "b");
    pb::service::RespondActivityTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token((*first)->task_token());
    EXPECT_TRUE(call(&node::respond_activity_task_completed, answer).ok());
    EXPECT_TRUE(poll()->ok()) << "the result gives the workflow a task";
    EXPECT_EQ(call(&node::respond_activity_task_completed, answer).code(), status_code::not_found);
}

TEST_F(story, an_eager_activity_travels_in_the_answer) {
    ASSERT_TRUE(start("w").ok());
    const auto answer = complete((*poll())->task_token(), {activity("a", "q", true)});
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->activity_tasks_size(), 1);
    EXPECT_TRUE(poll_activity()->empty()) << "it waits for nobody else";
}

TEST_F(story, a_node_that_restarts_offers_what_was_outstanding) {
    ASSERT_TRUE(start("w").ok());
    ASSERT_TRUE(start("v").ok());
    ASSERT_TRUE(complete((*poll())->task_token(), {activity("a")}).ok());
    restart();
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->workflow_execution().workflow_id(), "v");
    ASSERT_TRUE(poll_activity()->ok());
    EXPECT_TRUE(poll()->empty()) << "a task that was started is not offered again";
}

TEST_F(story, an_answer_to_a_task_from_before_a_restart_counts) {
    ASSERT_TRUE(start("w").ok());
    const std::string token = (*poll())->task_token();
    restart();
    EXPECT_TRUE(complete(token, {finish()}).ok());
}

TEST_F(story, more_tasks_than_are_kept_in_memory_come_in_order) {
    node_options few;
    few.matching.kept_tasks = 4;
    few.matching.low_water = 1;
    few.refill_tasks = 3;
    restart(few);
    for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(start("w" + std::to_string(i)).ok());
        pass(1ms);
    }
    for (int i = 0; i < 30; ++i) {
        const auto task = poll();
        ASSERT_TRUE(task->ok()) << i;
        EXPECT_EQ((*task)->workflow_execution().workflow_id(), "w" + std::to_string(i));
    }
    EXPECT_TRUE(poll()->empty());
}

TEST_F(story, a_task_of_an_unserved_sticky_queue_is_taken_from_the_normal_one_with_its_history) {
    ASSERT_TRUE(start("w").ok());
    pb::service::RespondWorkflowTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token((*poll())->task_token());
    auto& sticky = *answer.mutable_sticky_attributes();
    sticky.mutable_worker_task_queue()->set_name("sticky");
    sticky.mutable_worker_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
    sticky.mutable_worker_task_queue()->set_normal_name("q");
    sticky.mutable_schedule_to_start_timeout()->set_seconds(5);
    ASSERT_TRUE(call(&node::respond_workflow_task_completed, answer).ok());
    ASSERT_TRUE(signal("w").ok());
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    ASSERT_EQ((*task)->history().events_size(), 7);
    EXPECT_EQ((*task)->history().events(0).event_id(), 1);
    pass(10s);
    EXPECT_EQ(history("w").back(), "WORKFLOW_TASK_TIMED_OUT") << "and its start-to-close time-out runs";
}

TEST_F(story, a_task_of_a_served_sticky_queue_brings_only_what_is_new) {
    ASSERT_TRUE(start("w").ok());
    const std::string token = (*poll())->task_token();
    const auto task = poll("sticky", "q");
    pb::service::RespondWorkflowTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token(token);
    auto& sticky = *answer.mutable_sticky_attributes();
    sticky.mutable_worker_task_queue()->set_name("sticky");
    sticky.mutable_worker_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
    sticky.mutable_worker_task_queue()->set_normal_name("q");
    sticky.mutable_schedule_to_start_timeout()->set_seconds(5);
    ASSERT_TRUE(call(&node::respond_workflow_task_completed, answer).ok());
    ASSERT_TRUE(signal("w").ok());
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->history().events(0).event_id(), 4);
}

}  // namespace
}  // namespace perdure::server::test
