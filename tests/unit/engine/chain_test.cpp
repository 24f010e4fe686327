#include <gtest/gtest.h>

#include "api/time_convert.hpp"
#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

pb::service::StartWorkflowExecutionRequest retried_start(milliseconds initial, std::int32_t attempts = 0) {
    auto request = story::plain_start();
    *request.mutable_retry_policy()->mutable_initial_interval() = to_duration(initial);
    request.mutable_retry_policy()->set_maximum_attempts(attempts);
    return request;
}

const pb::history::WorkflowExecutionStartedEventAttributes& started(story& s) {
    return s.run().history.front().workflow_execution_started_event_attributes();
}

TEST(ContinueAsNew, BeginsTheNextRunOfTheChainAtOnce) {
    story s;
    const auto first = s.run().state.key().run_id;
    s.turn({continue_as_new()});
    EXPECT_EQ(s.host.runs_of("w").size(), 2U);
    EXPECT_EQ(s.history(), "1 WORKFLOW_EXECUTION_STARTED\n2 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_EQ(started(s).continued_execution_run_id(), first);
    EXPECT_EQ(started(s).first_execution_run_id(), first);
    EXPECT_EQ(started(s).input().payloads(0).data(), "\"next\"");
    EXPECT_EQ(s.host.find("w", first)->state.execution.successor_run_id, s.run().state.key().run_id);
}

TEST(ContinueAsNew, CarriesUnreadSignalsAndCancelRequestsOver) {
    story s;
    s.take();
    ASSERT_TRUE(s.signal("one", "id-1").has_value());
    ASSERT_TRUE(s.request_cancel().has_value());
    ASSERT_TRUE(s.signal("two", "id-2").has_value());
    ASSERT_TRUE(s.answer({continue_as_new()}).has_value());
    EXPECT_EQ(s.history(),
              "1 WORKFLOW_EXECUTION_STARTED\n"
              "2 WORKFLOW_EXECUTION_SIGNALED one\n"
              "3 WORKFLOW_EXECUTION_CANCEL_REQUESTED\n"
              "4 WORKFLOW_EXECUTION_SIGNALED two\n"
              "5 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_TRUE(s.run().state.execution.cancel_requested);
    ASSERT_TRUE(s.signal("one", "id-1").has_value());
    EXPECT_EQ(s.run().state.execution.signal_count, 2) << "a repetition of a carried signal is still known";
}

TEST(ContinueAsNew, DropsWhatOnlyTheOldRunWaitedFor) {
    story s;
    s.turn({start_timer("t", 1s), schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    s.pass(1s);
    ASSERT_TRUE(s.answer({continue_as_new()}).has_value());
    EXPECT_EQ(s.history(), "1 WORKFLOW_EXECUTION_STARTED\n2 WORKFLOW_TASK_SCHEDULED\n");
    const auto late = s.finish("a");
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, status_code::not_found);
}

TEST(RunRetry, AFailedRunIsTriedAgainAfterItsDelay) {
    story s(retried_start(5s, 2));
    s.turn({fail()});
    EXPECT_EQ(s.history(), "1 WORKFLOW_EXECUTION_STARTED attempt 2\n");
    EXPECT_EQ(started(s).input().payloads(0).data(), "1");
    s.pass(4999ms);
    EXPECT_FALSE(s.has_task());
    s.pass(1ms);
    s.turn({fail()});
    EXPECT_EQ(s.history_from(5), "5 WORKFLOW_EXECUTION_FAILED MAXIMUM_ATTEMPTS_REACHED\n");
    EXPECT_EQ(s.host.runs_of("w").size(), 2U);
}

TEST(RunRetry, Rule02_ARequestedDelayIsStillCappedByTheMaximumInterval) {
    auto request = retried_start(1s);
    *request.mutable_retry_policy()->mutable_maximum_interval() = to_duration(2s);
    story s(request);
    auto command = fail();
    auto& info =
        *command.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->mutable_application_failure_info();
    *info.mutable_next_retry_delay() = to_duration(60s);
    s.turn({command});
    EXPECT_EQ(from_duration(started(s).first_workflow_task_backoff()), 2s);
}

TEST(RunRetry, ANonRetryableTypeEndsTheChain) {
    auto request = retried_start(1s);
    request.mutable_retry_policy()->add_non_retryable_error_types("Rejected");
    story s(request);
    s.turn({fail("Rejected")});
    EXPECT_EQ(s.history_from(5), "5 WORKFLOW_EXECUTION_FAILED NON_RETRYABLE_FAILURE\n");
}

TEST(RunTimeout, EndsTheRunAndTheTaskThatIsUnderWay) {
    auto request = story::plain_start();
    *request.mutable_workflow_run_timeout() = to_duration(3s);
    *request.mutable_workflow_task_timeout() = to_duration(3s);
    story s(request);
    s.pass(1s);
    s.take();
    ASSERT_TRUE(s.signal("late").has_value());
    s.pass(2s);
    EXPECT_EQ(s.history_from(4),
              "4 WORKFLOW_TASK_FAILED FORCE_CLOSE_COMMAND\n"
              "5 WORKFLOW_EXECUTION_SIGNALED late\n"
              "6 WORKFLOW_EXECUTION_TIMED_OUT RETRY_POLICY_NOT_SET\n");
    EXPECT_FALSE(next_wakeup(s.run().state).has_value());
}

TEST(RunTimeout, IsRetriedByThePolicy) {
    auto request = retried_start(1s, 2);
    *request.mutable_workflow_run_timeout() = to_duration(3s);
    story s(request);
    s.pass(3s);
    EXPECT_EQ(s.history(), "1 WORKFLOW_EXECUTION_STARTED attempt 2\n");
    s.pass(3999ms);
    EXPECT_TRUE(s.run().state.running()) << "the run's time counts from the end of its back-off";
    s.pass(1ms);
    EXPECT_EQ(s.history_from(3), "3 WORKFLOW_EXECUTION_TIMED_OUT MAXIMUM_ATTEMPTS_REACHED\n");
}

TEST(ExecutionTimeout, IsTheWholeChainsAndNotRenewed) {
    auto request = retried_start(1s);
    *request.mutable_workflow_execution_timeout() = to_duration(10s);
    story s(request);
    s.pass(6s);
    s.turn({continue_as_new()});
    s.pass(3999ms);
    EXPECT_TRUE(s.run().state.running());
    s.pass(1ms);
    EXPECT_EQ(s.history_from(3), "3 WORKFLOW_EXECUTION_TIMED_OUT TIMEOUT\n");
}

TEST(Terminate, EndsEverythingThatWaits) {
    story s;
    s.turn({schedule("a"), schedule("b"), start_timer("t", 1h)});
    s.take_activity();
    s.host.told.clear();
    ASSERT_TRUE(s.terminate().has_value());
    EXPECT_TRUE(outstanding_tasks(s.run().state).empty());
    EXPECT_FALSE(next_wakeup(s.run().state).has_value());
    std::size_t withdrawn = 0;
    std::size_t abandoned = 0;
    for (const auto& told : s.host.told) {
        withdrawn += std::holds_alternative<withdraw_task>(told) ? 1 : 0;
        abandoned += std::holds_alternative<abandon_activity>(told) ? 1 : 0;
    }
    EXPECT_EQ(withdrawn, 1U);
    EXPECT_EQ(abandoned, 1U);
    EXPECT_TRUE(std::holds_alternative<run_closed>(s.host.told.back()));
}

TEST(Terminate, OfAClosedRunIsNotFound) {
    story s;
    s.turn({complete()});
    const auto terminated = s.terminate();
    ASSERT_FALSE(terminated.has_value());
    EXPECT_EQ(terminated.error().code, status_code::not_found);
    EXPECT_TRUE(s.request_cancel().has_value()) << "a cancel asks for what is true already";
}

TEST(Delete, TerminatesWhatRuns) {
    story s;
    s.host.commit(s.run(), terminate_for_delete(s.run().state, s.host.env()));
    EXPECT_FALSE(s.run().state.running());
    EXPECT_TRUE(terminate_for_delete(s.run().state, s.host.env()).empty());
}

}  // namespace
}  // namespace perdure::history::test
