#include <gtest/gtest.h>

#include "api/time_convert.hpp"
#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

using namespace pb::enums;

struct conflict_case {
    const char* name;
    WorkflowExecutionStatus standing;
    WorkflowIdReusePolicy reuse;
    WorkflowIdConflictPolicy conflict;
    /// Nothing: already_exists.
    std::optional<start_action> expected;
};

class StartConflict : public testing::TestWithParam<conflict_case> {};

TEST_P(StartConflict, FollowsThePolicies) {
    const auto& row = GetParam();
    auto request = story::plain_start();
    request.set_request_id("another");
    request.set_workflow_id_reuse_policy(row.reuse);
    request.set_workflow_id_conflict_policy(row.conflict);
    const auto decision = decide_start(current_run{"run-1", "run-1", "start-1", row.standing}, request);
    ASSERT_EQ(decision.has_value(), row.expected.has_value());
    if (decision) {
        EXPECT_EQ(decision->action, *row.expected);
    } else {
        EXPECT_EQ(decision.error().code, status_code::already_exists);
        EXPECT_EQ(decision.error().run_id, "run-1");
    }
}

constexpr auto running = WORKFLOW_EXECUTION_STATUS_RUNNING;
constexpr auto completed = WORKFLOW_EXECUTION_STATUS_COMPLETED;
constexpr auto failed = WORKFLOW_EXECUTION_STATUS_FAILED;
constexpr auto any_reuse = WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED;
constexpr auto any_conflict = WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;

INSTANTIATE_TEST_SUITE_P(
    Rule20, StartConflict,
    testing::Values(
        conflict_case{"running_by_default", running, any_reuse, any_conflict, std::nullopt},
        conflict_case{"running_fail", running, any_reuse, WORKFLOW_ID_CONFLICT_POLICY_FAIL, std::nullopt},
        conflict_case{"running_use", running, any_reuse, WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, start_action::use_existing},
        conflict_case{"running_terminate", running, any_reuse, WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
                      start_action::terminate_and_create},
        conflict_case{"running_terminate_if_running", running, WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING, any_conflict,
                      start_action::terminate_and_create},
        conflict_case{"running_reject_duplicate", running, WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, any_conflict, std::nullopt},
        conflict_case{"completed_by_default", completed, any_reuse, any_conflict, start_action::create},
        conflict_case{"completed_failed_only", completed, WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, any_conflict,
                      std::nullopt},
        conflict_case{"failed_failed_only", failed, WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, any_conflict,
                      start_action::create},
        conflict_case{"terminated_failed_only", WORKFLOW_EXECUTION_STATUS_TERMINATED,
                      WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, any_conflict, start_action::create},
        conflict_case{"failed_reject", failed, WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, any_conflict, std::nullopt},
        conflict_case{"completed_use_existing", completed, any_reuse, WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
                      start_action::create},
        conflict_case{"completed_terminate_if_running", completed, WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING, any_conflict,
                      start_action::create}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Start, Rule20_TheSameRequestGivesTheSameRunAlsoAfterItClosed) {
    story s;
    s.turn({complete()});
    const auto again = s.host.start(story::plain_start());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->run_id(), s.run().state.key().run_id);
    EXPECT_EQ(again->status(), WORKFLOW_EXECUTION_STATUS_COMPLETED);
    EXPECT_EQ(s.host.runs_of("w").size(), 1U);
}

TEST(Start, Rule20_TerminateExistingEndsTheOldRunAndNamesTheNewOne) {
    story s;
    s.take();
    auto request = story::plain_start();
    request.set_request_id("start-2");
    request.set_workflow_id_conflict_policy(WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING);
    const auto started = s.host.start(request);
    ASSERT_TRUE(started.has_value());
    auto& old = *s.host.find("w", s.host.runs_of("w").front());
    EXPECT_EQ(old.state.execution.status, WORKFLOW_EXECUTION_STATUS_TERMINATED);
    EXPECT_EQ(line_of(old.history.at(3)), "4 WORKFLOW_TASK_FAILED FORCE_CLOSE_COMMAND");
    const auto& details = old.history.at(4).workflow_execution_terminated_event_attributes().details();
    EXPECT_NE(details.payloads(0).data().find(started->run_id()), std::string::npos);
    EXPECT_TRUE(s.run().state.running());
}

struct refused_start {
    const char* name;
    void (*spoil)(pb::service::StartWorkflowExecutionRequest&);
    const char* mentions;
};

class RefusedStart : public testing::TestWithParam<refused_start> {};

TEST_P(RefusedStart, NamesTheFieldAndLeavesNothingBehind) {
    engine_host host;
    auto request = story::plain_start();
    GetParam().spoil(request);
    const auto started = host.start(request);
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().code, status_code::invalid_argument);
    EXPECT_NE(started.error().message.find(GetParam().mentions), std::string::npos) << started.error().message;
    EXPECT_TRUE(host.runs_of("w").empty());
}

INSTANTIATE_TEST_SUITE_P(
    Because, RefusedStart,
    testing::Values(
        refused_start{"no_id", [](auto& request) { request.clear_workflow_id(); }, "WorkflowId"},
        refused_start{"id_too_long", [](auto& request) { request.set_workflow_id(std::string(1001, 'x')); }, "WorkflowId"},
        refused_start{"id_not_text", [](auto& request) { request.set_workflow_id("\xff\xfe"); }, "UTF-8"},
        refused_start{"no_type", [](auto& request) { request.clear_workflow_type(); }, "WorkflowType"},
        refused_start{"no_queue", [](auto& request) { request.clear_task_queue(); }, "task queue"},
        refused_start{"sticky_queue", [](auto& request) { request.mutable_task_queue()->set_kind(TASK_QUEUE_KIND_STICKY); },
                      "sticky"},
        refused_start{"negative_run_timeout", [](auto& request) { request.mutable_workflow_run_timeout()->set_seconds(-1); },
                      "WorkflowRunTimeout"},
        refused_start{"absurd_run_timeout",
                      [](auto& request) { request.mutable_workflow_run_timeout()->set_seconds(400'000'000'000); },
                      "WorkflowRunTimeout"},
        refused_start{"negative_delay", [](auto& request) { request.mutable_workflow_start_delay()->set_nanos(-1); },
                      "WorkflowStartDelay"},
        refused_start{"cron", [](auto& request) { request.set_cron_schedule("* * * * *"); }, "CronSchedule"},
        refused_start{"request_id_too_long", [](auto& request) { request.set_request_id(std::string(1001, 'x')); }, "RequestId"},
        refused_start{"input_too_large", [](auto& request) { *request.mutable_input() = payload(std::string(3'000'000, 'x')); },
                      "Input"},
        refused_start{"too_many_attributes",
                      [](auto& request) {
                          auto& fields = *request.mutable_search_attributes()->mutable_indexed_fields();
                          for (int i = 0; i < 101; ++i) fields["k" + std::to_string(i)].set_data("1");
                      },
                      "search attributes"},
        refused_start{"attribute_too_long",
                      [](auto& request) {
                          (*request.mutable_search_attributes()->mutable_indexed_fields())["k"].set_data(std::string(3000, 'x'));
                      },
                      "Search attribute k"},
        refused_start{"contradicting_policies",
                      [](auto& request) {
                          request.set_workflow_id_reuse_policy(WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING);
                          request.set_workflow_id_conflict_policy(WORKFLOW_ID_CONFLICT_POLICY_FAIL);
                      },
                      "WorkflowIDReusePolicy"},
        refused_start{"unknown_policy",
                      [](auto& request) { request.set_workflow_id_reuse_policy(static_cast<WorkflowIdReusePolicy>(99)); },
                      "unknown value"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Start, ACenturyIsTheLongestTimeout) {
    auto request = story::plain_start();
    request.mutable_workflow_run_timeout()->set_seconds(300'000'000'000);
    story s(request);
    EXPECT_LE(from_duration(s.run().history.front().workflow_execution_started_event_attributes().workflow_run_timeout()),
              std::chrono::hours(24 * 366 * 100));
}

TEST(Start, ADelayHoldsTheFirstTaskBackAndASignalDoesNotCutIt) {
    auto request = story::plain_start();
    *request.mutable_workflow_start_delay() = to_duration(10s);
    story s(request);
    ASSERT_TRUE(s.signal("early").has_value());
    s.pass(9999ms);
    EXPECT_FALSE(s.has_task());
    s.pass(1ms);
    EXPECT_EQ(s.history(), "1 WORKFLOW_EXECUTION_STARTED\n2 WORKFLOW_EXECUTION_SIGNALED early\n3 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Start, ACancelRequestDoesNotWaitForTheDelay) {
    auto request = story::plain_start();
    *request.mutable_workflow_start_delay() = to_duration(10s);
    story s(request);
    ASSERT_TRUE(s.request_cancel().has_value());
    EXPECT_TRUE(s.has_task());
    s.turn({cancel_run()});
    EXPECT_EQ(s.run().state.execution.status, WORKFLOW_EXECUTION_STATUS_CANCELED);
}

TEST(Start, TaskTimeoutsAreCappedByTheRunAndByTwoMinutes) {
    const auto task_timeout = [](milliseconds asked, milliseconds run) {
        auto request = story::plain_start();
        *request.mutable_workflow_task_timeout() = to_duration(asked);
        *request.mutable_workflow_run_timeout() = to_duration(run);
        story s(request);
        return from_duration(s.run().history.front().workflow_execution_started_event_attributes().workflow_task_timeout());
    };
    EXPECT_EQ(task_timeout(0s, 0s), 10s);
    EXPECT_EQ(task_timeout(30s, 0s), 30s);
    EXPECT_EQ(task_timeout(1h, 0s), 120s);
    EXPECT_EQ(task_timeout(0s, 2s), 2s);
}

TEST(SignalWithStart, ARunningRunIsSignalledAndAClosedOneReplaced) {
    engine_host host;
    pb::service::SignalWithStartWorkflowExecutionRequest request;
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("wf");
    request.mutable_task_queue()->set_name("q");
    request.set_signal_name("s");
    request.set_request_id("a");
    const auto first = host.signal_with_start(request);
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(first->started());
    const auto repeated = host.signal_with_start(request);
    ASSERT_TRUE(repeated.has_value());
    EXPECT_EQ(repeated->run_id(), first->run_id());
    EXPECT_EQ(host.find("w")->state.execution.signal_count, 1) << "the request is known by its id";
    request.set_request_id("b");
    EXPECT_FALSE(host.signal_with_start(request)->started());
    EXPECT_EQ(host.find("w")->state.execution.signal_count, 2);
    pb::service::TerminateWorkflowExecutionRequest terminate;
    terminate.mutable_workflow_execution()->set_workflow_id("w");
    ASSERT_TRUE(host.terminate(terminate).has_value());
    request.set_request_id("c");
    EXPECT_TRUE(host.signal_with_start(request)->started());
}

}  // namespace
}  // namespace perdure::history::test
