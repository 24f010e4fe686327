#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

/// What the node counts, whatever way a task takes to its worker.
class figures : public node_test {};

TEST_F(figures, a_task_counts_with_a_worker_of_either_kind_and_with_a_poll) {
    worker w(served());
    w.serve("q", 1, 0);
    ASSERT_TRUE(start("pushed").ok());
    EXPECT_EQ(served().figures().workflow_tasks.sync_match.count(), 1U) << "the worker waited for it";
    ASSERT_TRUE(start("waits").ok());
    pass(2s);
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    const auto now = served().figures();
    EXPECT_EQ(now.workflow_tasks.sync_match.count(), 1U);
    EXPECT_EQ(now.workflow_tasks.async_match.count(), 1U);
    EXPECT_DOUBLE_EQ(now.workflow_tasks.async_match.sum, 2.0);
    EXPECT_EQ(now.workflow_tasks.schedule_to_start.count(), 2U);
    EXPECT_DOUBLE_EQ(now.workflow_tasks.schedule_to_start.sum, 2.0);
    EXPECT_EQ(now.workflow_task_attempts.count(), 2U);
    EXPECT_EQ(now.activity_tasks.schedule_to_start.count(), 0U);
    EXPECT_GT(now.cache_requests, 0U);
}

TEST_F(figures, an_eager_activity_counts_once_and_is_no_match) {
    worker w(served());
    w.serve("q", 1, 0);
    ASSERT_TRUE(start("w").ok());
    w.complete(w.take_workflow_task().task_token(), {activity("a", "q", true)}, 1);
    const auto now = served().figures();
    EXPECT_EQ(now.activity_tasks.schedule_to_start.count(), 1U);
    EXPECT_EQ(now.activity_tasks.sync_match.count() + now.activity_tasks.async_match.count(), 0U);
}

TEST_F(figures, what_waits_is_counted_and_aged) {
    ASSERT_TRUE(start("a").ok());
    pass(3s);
    ASSERT_TRUE(start("b").ok());
    const auto now = served().figures();
    EXPECT_EQ(now.workflow_tasks.backlog, 2);
    EXPECT_DOUBLE_EQ(now.workflow_tasks.backlog_age_seconds, 3.0);
    EXPECT_EQ(now.workflow_tasks.without_poller, 2U);
    EXPECT_EQ(now.activity_tasks.backlog, 0);
}

TEST_F(figures, a_task_whose_worker_went_before_it_was_durable_counts_when_it_is_delivered) {
    hold_back_after_a_full_disk();
    auto dead = std::make_unique<worker>(served());
    dead->serve("q", 1, 0);
    (void)start("w");
    dead.reset();
    commits_.finish();
    EXPECT_EQ(served().figures().workflow_tasks.schedule_to_start.count(), 0U);
    const auto task = poll();
    commits_.finish();
    ASSERT_TRUE(task->ok());
    EXPECT_EQ(served().figures().workflow_tasks.schedule_to_start.count(), 1U);
}

}  // namespace
}  // namespace perdure::server::test
