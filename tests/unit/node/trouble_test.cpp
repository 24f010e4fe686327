#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

/// What happens between a match and its delivery.
class trouble : public node_test {};

TEST_F(trouble, a_task_whose_start_cannot_be_written_is_given_when_there_is_room_again) {
    ASSERT_TRUE(start("w").ok());
    fill_disk();
    worker w(served());
    w.serve("q", 1, 0);
    pass(5s);
    EXPECT_EQ(w.heard(), words{});
    EXPECT_LT(disk_.commits, 30) << "a full disk is not hammered";
    disk_.commit_failure.reset();
    pass(5s);
    EXPECT_EQ(w.heard(), (words{"task w on 1"}));
    EXPECT_EQ(history("w"), (words{"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"}));
}

TEST_F(trouble, a_poll_outlives_a_full_disk) {
    ASSERT_TRUE(start("w").ok());
    fill_disk();
    const auto task = poll();
    pass(3s);
    EXPECT_TRUE(task->empty());
    disk_.commit_failure.reset();
    pass(3s);
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->workflow_execution().workflow_id(), "w");
}

TEST_F(trouble, a_poll_ends_at_its_deadline_on_a_full_disk_too) {
    ASSERT_TRUE(start("w").ok());
    fill_disk();
    const auto task = poll();
    pass(62s);
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->task_token(), "");
    disk_.commit_failure.reset();
    pass(5s);
    EXPECT_TRUE(poll()->ok()) << "the task is still there";
}

TEST_F(trouble, a_workflow_task_goes_ahead_of_the_disk_and_what_comes_of_it_does_not) {
    commits_.at_once = false;
    worker w(served());
    w.serve("q", 1, 1);
    const auto client = start("w");
    EXPECT_TRUE(client.empty());
    const auto task = w.take_workflow_task();
    w.complete(task.task_token(), {activity("a")});
    EXPECT_EQ(w.heard(), words{});
    commits_.finish();
    EXPECT_EQ(w.heard(), (words{"completed #1", "activity a on 2"}));
}

TEST_F(trouble, nothing_goes_ahead_of_a_disk_that_was_full) {
    hold_back_after_a_full_disk();
    worker w(served());
    w.serve("q", 2, 0);
    (void)start("w");
    EXPECT_EQ(w.heard(), words{});
    commits_.finish();
    EXPECT_EQ(w.heard(), (words{"task w on 1"}));
    (void)start("v");
    EXPECT_EQ(w.heard(), (words{"task v on 1"})) << "a commit succeeded since";
}

TEST_F(trouble, what_went_ahead_of_a_commit_that_failed_never_happened) {
    ASSERT_TRUE(start("w").ok());
    worker w(served());
    disk_.commit_failure = service_failure{status_code::unavailable, "the disk is full"};
    w.serve("q", 0, 1);
    w.credit(1, 1);
    const auto lost = w.take_workflow_task();
    w.complete(lost.task_token(), {activity("a")});
    EXPECT_EQ(w.heard(), (words{"error NotFound #1"}));
    disk_.commit_failure.reset();
    w.credit(1, 1);
    pass(5s);
    const auto again = w.take_workflow_task();
    EXPECT_NE(again.task_token(), lost.task_token());
    w.complete(again.task_token(), {finish()});
    EXPECT_EQ(history("w"), (words{"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED",
                                   "WORKFLOW_TASK_COMPLETED", "WORKFLOW_EXECUTION_COMPLETED"}));
}

TEST_F(trouble, what_went_ahead_of_a_crash_never_happened) {
    auto before = std::make_unique<worker>(served());
    before->serve("q", 1, 1);
    ASSERT_TRUE(start("w").ok());
    const std::string first = before->take_workflow_task().task_token();
    before->complete(first, {activity("a")});
    const std::string done = before->take()[1].activity_task().task().task_token();
    commits_.at_once = false;
    before->credit(1, 1);
    before->say([&] {
        pb::worker::WorkerMessage answer;
        answer.mutable_activity_completed()->set_task_token(done);
        return answer;
    }());
    const auto ahead = before->take_workflow_task();
    EXPECT_EQ(ahead.started_event_id(), 9);
    before.reset();
    served_.reset();
    commits_.drop();
    commits_.at_once = true;
    restart();

    worker after(served());
    after.serve("q", 1, 1);
    after.complete(ahead.task_token(), {finish()});
    EXPECT_EQ(after.heard(), (words{"error NotFound #1"})) << "its start is not in the store";
    after.say([&] {
        pb::worker::WorkerMessage answer;
        answer.mutable_activity_completed()->set_task_token(done);
        return answer;
    }());
    const auto again = after.take_workflow_task();
    EXPECT_EQ(again.started_event_id(), ahead.started_event_id()) << "the same place in history";
    after.complete(ahead.task_token(), {finish()}, 2);
    EXPECT_EQ(after.heard(), (words{"error NotFound #2"})) << "and still another start";
    after.complete(again.task_token(), {finish()}, 3);
    EXPECT_EQ(after.heard(), (words{"completed #3"}));
}

TEST_F(trouble, a_worker_that_goes_before_its_task_is_durable_leaves_it_to_another) {
    commits_.at_once = false;
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    (void)start("w");
    dead.reset();
    commits_.finish();
    const auto task = poll();
    commits_.finish();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->attempt(), 1);
    commits_.at_once = true;
    commits_.finish();
    EXPECT_EQ(history("w"), (words{"WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"}));
    EXPECT_TRUE(complete((*task)->task_token(), {finish()}).ok());
}

TEST_F(trouble, an_activity_that_its_worker_never_got_goes_to_another_as_the_same_attempt) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 1);
    ASSERT_TRUE(start("w").ok());
    const std::string token = dead->take_workflow_task().task_token();
    commits_.at_once = false;
    dead->complete(token, {activity("a")}, 0);
    dead.reset();
    commits_.at_once = true;
    commits_.finish();
    const auto task = poll_activity();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->attempt(), 1);
    EXPECT_EQ((*task)->activity_id(), "a");
    pb::service::RespondActivityTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token((*task)->task_token());
    EXPECT_TRUE(call(&node::respond_activity_task_completed, answer).ok());
}

TEST_F(trouble, an_eager_activity_whose_answer_nobody_took_goes_to_another_worker) {
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    const std::string token = dead->take_workflow_task().task_token();
    commits_.at_once = false;
    dead->complete(token, {activity("a", "elsewhere", true)}, 1);
    dead.reset();
    commits_.at_once = true;
    commits_.finish();
    const auto task = poll_activity("elsewhere");
    ASSERT_TRUE(task->ok());
    EXPECT_EQ((*task)->activity_id(), "a");
}

TEST_F(trouble, a_worker_that_drains_meanwhile_is_pushed_nothing) {
    hold_back_after_a_full_disk();
    worker w(served());
    w.serve("q", 1, 0);
    (void)start("w");
    pb::worker::WorkerMessage drain;
    drain.mutable_drain();
    w.say(drain);
    commits_.at_once = true;
    commits_.finish();
    EXPECT_EQ(w.heard(), words{});
    EXPECT_TRUE(poll()->ok());
}

TEST_F(trouble, a_task_that_was_withdrawn_meanwhile_costs_no_credit) {
    ASSERT_TRUE(start("w").ok());
    fill_disk();
    worker w(served());
    w.serve("q", 1, 0);
    disk_.commit_failure.reset();
    pb::service::TerminateWorkflowExecutionRequest stop;
    stop.set_namespace_("default");
    stop.mutable_workflow_execution()->set_workflow_id("w");
    ASSERT_TRUE(call(&node::terminate_workflow_execution, stop).ok());
    pass(5s);
    EXPECT_EQ(w.heard(), words{});
    ASSERT_TRUE(start("v").ok());
    EXPECT_EQ(w.heard(), (words{"task v on 1"}));
}

TEST_F(trouble, answers_that_wait_for_the_disk_when_the_node_goes_are_told) {
    commits_.at_once = false;
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("type");
    request.mutable_task_queue()->set_name("q");
    const auto started = ask(&node::start_workflow_execution, request);
    worker w(served());
    w.serve("q", 1, 1);
    served_.reset();
    EXPECT_EQ(started->code(), status_code::unavailable);
    commits_.finish();
    EXPECT_EQ(w.heard(), words{});
}

}  // namespace
}  // namespace perdure::server::test
