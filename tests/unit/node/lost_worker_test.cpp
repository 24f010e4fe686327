#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

using lost_worker = node_test;

TEST_F(lost_worker, a_workflow_task_that_was_not_answered_goes_to_another_worker_without_an_event) {
    auto dead = std::make_unique<worker>(served(), "dead");
    dead->serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    const auto before = dead->take_workflow_task();
    dead.reset();
    worker alive(served(), "alive");
    alive.hello();
    alive.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q");
    (void)alive.take();
    alive.credit(1, 1);
    const auto task = alive.take_workflow_task();
    EXPECT_EQ(task.task_token(), before.task_token());
    EXPECT_EQ(task.attempt(), 1);
    EXPECT_EQ(task.history().events_size(), before.history().events_size());
    EXPECT_EQ(history("w"), (words{"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"}));
    alive.complete(task.task_token(), {finish()}, 1);
    EXPECT_EQ(alive.heard(), (words{"completed #1"}));
}

TEST_F(lost_worker, what_it_answered_before_it_went_counts_and_is_not_given_again) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    const std::string token = dead->take_workflow_task().task_token();
    dead->complete(token, {}, 0);
    dead.reset();
    EXPECT_TRUE(poll()->empty());
    EXPECT_EQ(complete(token).code(), status_code::not_found);
}

TEST_F(lost_worker, the_first_of_two_answers_counts) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    const std::string token = dead->take_workflow_task().task_token();
    dead.reset();
    const auto again = poll();
    ASSERT_TRUE(again->ok());
    // The worker was not dead after all, and says so on another connection.
    worker back(served());
    back.hello();
    (void)back.take();
    back.complete(token, {}, 5);
    EXPECT_EQ(back.heard(), (words{"completed #5"}));
    EXPECT_EQ(complete((*again)->task_token()).code(), status_code::not_found);
}

TEST_F(lost_worker, a_task_that_nobody_takes_over_times_out_as_ever) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    (void)dead->take();
    dead.reset();
    pass(10s + 1ms);
    EXPECT_EQ(history("w").back(), "WORKFLOW_TASK_TIMED_OUT");
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->attempt(), 2);
    EXPECT_TRUE(poll()->empty()) << "the first attempt is not offered beside the second";
}

TEST_F(lost_worker, many_lost_tasks_come_back_in_their_order) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 5, 0);
    for (int i = 0; i < 7; ++i) {
        ASSERT_TRUE(start("w" + std::to_string(i)).ok());
        pass(1ms);
    }
    dead.reset();
    worker alive(served());
    alive.hello();
    alive.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q");
    (void)alive.take();
    alive.credit(1, 10);
    EXPECT_EQ(alive.heard(), (words{"task w0 on 1", "task w1 on 1", "task w2 on 1", "task w3 on 1", "task w4 on 1",
                                    "task w5 on 1", "task w6 on 1"}));
}

TEST_F(lost_worker, its_sticky_queue_is_given_up_at_once) {
    auto dead = std::make_unique<worker>(served(), "dead");
    dead->serve("q", 1, 0);
    dead->subscribe_sticky(3, "sticky", "q");
    ASSERT_TRUE(start("w").ok());
    dead->complete(dead->take_workflow_task().task_token(), {}, 0, "sticky", "q");
    ASSERT_TRUE(signal("w").ok());
    EXPECT_EQ(dead->heard(), words{}) << "it has no credit on its sticky queue";
    EXPECT_TRUE(poll()->empty()) << "and nobody else may have it";
    pass(61s);
    dead.reset();
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->history().events(0).event_id(), 1);
}

TEST_F(lost_worker, a_sticky_task_that_it_held_is_given_with_its_whole_history) {
    auto dead = std::make_unique<worker>(served(), "dead");
    dead->serve("q", 1, 0);
    dead->subscribe_sticky(3, "sticky", "q");
    dead->credit(3, 1);
    ASSERT_TRUE(start("w").ok());
    dead->complete(dead->take_workflow_task().task_token(), {}, 0, "sticky", "q");
    ASSERT_TRUE(signal("w").ok());
    const auto held = dead->take_workflow_task();
    EXPECT_EQ(held.history().events(0).event_id(), 4);
    dead.reset();
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->task_token(), held.task_token());
    EXPECT_EQ((*task)->history().events(0).event_id(), 1);
    EXPECT_TRUE(complete((*task)->task_token(), {finish()}).ok());
}

TEST_F(lost_worker, activities_that_it_runs_follow_their_time_outs) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 1);
    ASSERT_TRUE(start("w").ok());
    dead->complete(dead->take_workflow_task().task_token(), {activity("a")}, 0);
    const std::string token = dead->take_activity_task().task_token();
    dead.reset();
    EXPECT_TRUE(poll_activity()->empty()) << "it may still run";
    pb::service::RespondActivityTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token(token);
    EXPECT_TRUE(call(&node::respond_activity_task_completed, answer).ok()) << "and may still answer";
}

TEST_F(lost_worker, a_query_that_it_held_goes_to_another_worker) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 2, 0);
    ASSERT_TRUE(start("w").ok());
    dead->complete(dead->take_workflow_task().task_token(), {}, 0);
    pb::service::QueryWorkflowRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_query()->set_query_type("state");
    const auto asked = ask(&node::query_workflow, request);
    EXPECT_EQ(dead->heard(), (words{"query w on 1"}));
    dead.reset();
    worker alive(served());
    alive.hello();
    alive.subscribe(1, pb::worker::TASK_KIND_WORKFLOW, "q");
    alive.credit(1, 1);
    const auto said = alive.take();
    ASSERT_EQ(said.size(), 2U);
    ASSERT_TRUE(said[1].workflow_task().task().has_query());
    pb::worker::WorkerMessage answer;
    answer.set_request_id(1);
    answer.mutable_query_completed()->set_task_token(said[1].workflow_task().task().task_token());
    answer.mutable_query_completed()->set_completed_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
    alive.say(answer);
    EXPECT_EQ(alive.heard(), (words{"done #1"}));
    EXPECT_TRUE(asked->ok());
}

TEST_F(lost_worker, a_query_that_nobody_answers_ends_at_its_deadline) {
    ASSERT_TRUE(start("w").ok());
    ASSERT_TRUE(complete((*poll())->task_token()).ok());
    pb::service::QueryWorkflowRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_query()->set_query_type("state");
    const auto asked = ask(&node::query_workflow, request);
    pass(options_.shard.query_timeout + 1s);
    ASSERT_FALSE(asked->empty());
    EXPECT_FALSE(asked->ok());
    EXPECT_TRUE(poll()->empty()) << "nobody is asked after that";
}

TEST_F(lost_worker, a_session_that_breaks_the_protocol_gives_its_tasks_back) {
    worker bad(served(), "bad");
    bad.serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    (void)bad.take();
    bad.hello();
    EXPECT_EQ(bad.heard(), (words{"error FailedPrecondition"}));
    EXPECT_TRUE(poll()->ok());
}

}  // namespace
}  // namespace perdure::server::test
