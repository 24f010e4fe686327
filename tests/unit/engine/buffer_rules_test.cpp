#include <gtest/gtest.h>

#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

TEST(Buffer, Rule08_EventsThatCameDuringATaskGetTheirIdsWhenItCloses) {
    story s;
    s.turn({schedule("a"), start_timer("t", 1s)});
    s.take_activity();
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    ASSERT_TRUE(s.finish("a").has_value());
    s.pass(1s);
    ASSERT_TRUE(s.request_cancel().has_value());
    EXPECT_EQ(s.run().history.size(), 9U);
    EXPECT_TRUE(s.run().state.activities.empty()) << "what is buffered has happened all the same";
    EXPECT_TRUE(s.run().state.timers.empty());
    ASSERT_TRUE(s.answer().has_value());
    EXPECT_EQ(s.history_from(10),
              "10 WORKFLOW_TASK_COMPLETED\n"
              "11 ACTIVITY_TASK_STARTED of 5\n"
              "12 TIMER_FIRED t\n"
              "13 WORKFLOW_EXECUTION_CANCEL_REQUESTED\n"
              "14 ACTIVITY_TASK_COMPLETED of 5 started 11\n"
              "15 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Buffer, Rule08_ATimeoutOfTheTaskMakesThemHistoryToo) {
    story s;
    s.take();
    ASSERT_TRUE(s.signal("one").has_value());
    s.pass(10s);
    EXPECT_EQ(s.history_from(4),
              "4 WORKFLOW_TASK_TIMED_OUT START_TO_CLOSE\n"
              "5 WORKFLOW_EXECUTION_SIGNALED one\n"
              "6 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Buffer, Rule08_WhatAClosedRunHadBufferedIsDropped) {
    story s;
    s.turn({schedule("a")});
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    // The cancellation of an unstarted activity is buffered, which does not stand in the way of the close.
    ASSERT_TRUE(s.answer({cancel_activity(5), complete()}).has_value());
    EXPECT_EQ(s.history_from(8),
              "8 WORKFLOW_TASK_STARTED\n"
              "9 WORKFLOW_TASK_COMPLETED\n"
              "10 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "11 WORKFLOW_EXECUTION_COMPLETED\n");
}

TEST(Buffer, Rule08_TooManyEventsForceTheTaskToGiveWay) {
    story s;
    s.take();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(s.signal("s").has_value());
    EXPECT_EQ(s.run().history.size(), 3U);
    ASSERT_TRUE(s.signal("the last straw").has_value());
    EXPECT_TRUE(s.history_from(4).starts_with("4 WORKFLOW_TASK_FAILED FORCE_CLOSE_COMMAND\n5 WORKFLOW_EXECUTION_SIGNALED s\n"));
    EXPECT_TRUE(s.has_task());
    EXPECT_FALSE(s.answer({complete()}).has_value()) << "the task that gave way is gone";
}

TEST(Buffer, Rule08_TooManyBytesForceTheTaskToGiveWay) {
    story s;
    s.take();
    pb::service::SignalWorkflowExecutionRequest request;
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_signal_name("big");
    *request.mutable_input() = payload('"' + std::string(1'500'000, 'x') + '"');
    ASSERT_TRUE(s.host.signal(request).has_value());
    EXPECT_EQ(s.run().history.size(), 3U);
    ASSERT_TRUE(s.host.signal(request).has_value());
    EXPECT_EQ(s.run().history.size(), 6U);
}

TEST(Timer, Rule09_CancelOfOneThatFiredMeanwhileTakesTheFiringBack) {
    story s;
    s.turn({start_timer("t", 1s)});
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    s.pass(1s);
    ASSERT_TRUE(s.answer({cancel_timer("t"), complete()}).has_value()) << "nothing is unread any more, so the run may close";
    EXPECT_EQ(s.history_from(9),
              "9 WORKFLOW_TASK_COMPLETED\n"
              "10 TIMER_CANCELED t\n"
              "11 WORKFLOW_EXECUTION_COMPLETED\n");
}

TEST(Timer, Rule09_OtherBufferedEventsStillStandInTheWay) {
    story s;
    s.turn({start_timer("t", 1s)});
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    s.pass(1s);
    ASSERT_TRUE(s.signal("unread").has_value());
    EXPECT_FALSE(s.answer({cancel_timer("t"), complete()}).has_value());
    EXPECT_EQ(s.history_from(9),
              "9 WORKFLOW_TASK_FAILED UNHANDLED_COMMAND\n"
              "10 TIMER_FIRED t\n"
              "11 WORKFLOW_EXECUTION_SIGNALED unread\n"
              "12 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Timer, Rule09_ANewOneMayHaveTheNameOfOneThatFiredMeanwhile) {
    story s;
    s.turn({start_timer("t", 1s)});
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    s.pass(1s);
    ASSERT_TRUE(s.answer({start_timer("t", 5s)}).has_value());
    EXPECT_EQ(s.history_from(10), "10 TIMER_STARTED t\n11 TIMER_FIRED t\n12 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_EQ(s.run().state.timers.at("t").started_event_id, 10) << "the new one still runs";
    s.pass(5s);
    EXPECT_EQ(s.history_from(13), "13 TIMER_FIRED t\n");
}

TEST(Timer, FiresToTheMillisecond) {
    story s;
    s.turn({start_timer("t", 10ms)});
    s.pass(9ms);
    EXPECT_EQ(s.run().history.size(), 5U);
    s.pass(1ms);
    EXPECT_EQ(s.history_from(6), "6 TIMER_FIRED t\n7 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Timer, SeveralThatAreDueFireInOrderOfTheirTimes) {
    story s;
    s.turn({start_timer("late", 3s), start_timer("early", 1s), start_timer("middle", 2s)});
    s.host.now += 1h;
    query_outcome queries;
    s.host.commit(s.run(), fire_due(s.run().state, s.run().book, s.host.env(), queries));
    EXPECT_EQ(s.history_from(8), "8 TIMER_FIRED early\n9 TIMER_FIRED middle\n10 TIMER_FIRED late\n11 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Timer, AClockThatGoesBackFiresNothingEarly) {
    story s;
    s.turn({start_timer("t", 10s)});
    s.pass(9s);
    s.host.now -= 1h;
    query_outcome queries;
    EXPECT_TRUE(fire_due(s.run().state, s.run().book, s.host.env(), queries).empty());
    EXPECT_EQ(s.run().history.size(), 5U);
}

}  // namespace
}  // namespace perdure::history::test
