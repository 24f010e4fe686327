#include "sdk/worker/run_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "perdure/detail/workflow_type.hpp"
#include "perdure/workflow.hpp"
#include "tests/unit/live_bytes.hpp"

namespace perdure::detail {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct Sleeper : contract<Sleeper, "sleeper", void()> {};
task<void> sleep_twice(context ctx) {
    co_await ctx.sleep(1h);
    co_await ctx.sleep(2h);
}
inline constexpr auto sleeper_def = define_function<Sleeper>(&sleep_twice);

struct Broken : contract<Broken, "broken", void()> {};
task<void> break_down(context) {
    throw std::out_of_range("index 7");
    co_return;
}
inline constexpr auto broken_def = define_function<Broken>(&break_down);

class RunHost : public ::testing::Test {
  protected:
    RunHost() {
        types.add(make_workflow_type(sleeper_def));
        types.add(make_workflow_type(broken_def));
    }

    using task_message = pb::service::PollWorkflowTaskQueueResponse;

    static pb::history::HistoryEvent& add(task_message& task, std::int64_t id, pb::enums::EventType type) {
        auto& event = *task.mutable_history()->add_events();
        event.set_event_id(id);
        event.set_event_type(type);
        event.mutable_event_time()->set_seconds(1'767'225'600 + id);
        return event;
    }

    static task_message first_task(const std::string& run, const std::string& type = "sleeper") {
        task_message task;
        task.set_task_token("token-" + run);
        task.set_attempt(1);
        task.mutable_workflow_execution()->set_workflow_id("wf-" + run);
        task.mutable_workflow_execution()->set_run_id(run);
        task.mutable_workflow_type()->set_name(type);
        add(task, 1, pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
            .mutable_workflow_execution_started_event_attributes()
            ->mutable_workflow_type()
            ->set_name(type);
        add(task, 2, pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED).mutable_workflow_task_scheduled_event_attributes();
        add(task, 3, pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED)
            .mutable_workflow_task_started_event_attributes()
            ->set_scheduled_event_id(2);
        task.set_started_event_id(3);
        return task;
    }

    /// What follows the first task: its timer, fired, and the next task.
    static void add_rest(task_message& task) {
        add(task, 4, pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .mutable_workflow_task_completed_event_attributes()
            ->set_scheduled_event_id(2);
        auto& started = *add(task, 5, pb::enums::EVENT_TYPE_TIMER_STARTED).mutable_timer_started_event_attributes();
        started.set_timer_id(timer_id);
        started.set_workflow_task_completed_event_id(4);
        auto& fired = *add(task, 6, pb::enums::EVENT_TYPE_TIMER_FIRED).mutable_timer_fired_event_attributes();
        fired.set_timer_id(timer_id);
        fired.set_started_event_id(5);
        add(task, 7, pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED).mutable_workflow_task_scheduled_event_attributes();
        add(task, 8, pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED)
            .mutable_workflow_task_started_event_attributes()
            ->set_scheduled_event_id(7);
        task.set_previous_started_event_id(3);
        task.set_started_event_id(8);
    }

    static task_message second_task(const std::string& run, bool whole) {
        task_message task = first_task(run);
        if (!whole) task.mutable_history()->clear_events();
        add_rest(task);
        return task;
    }

    static const pb::worker::WorkerMessage& message(const workflow_answer& answer) {
        return *std::get<std::shared_ptr<pb::worker::WorkerMessage>>(answer.body);
    }

    static const pb::service::RespondWorkflowTaskCompletedRequest& completed(const workflow_answer& answer) {
        return message(answer).workflow_task_completed();
    }

    /// Applies the first task and learns the timer's id.
    static workflow_answer begin(run_host& host, const std::string& run) {
        workflow_answer answer = host.handle(first_task(run));
        timer_id = completed(answer).commands(0).start_timer_command_attributes().timer_id();
        return answer;
    }

    static inline std::string timer_id;
    workflow_registry types;
};

TEST_F(RunHost, KeepsARunAndGoesOnWithItsNewEventsAlone) {
    run_host host(types, {});
    const auto first = begin(host, "r1");
    EXPECT_TRUE(first.cached);
    EXPECT_EQ(completed(first).task_token(), "token-r1");
    EXPECT_GT(host.bytes(), 0U);
    const auto second = host.handle(second_task("r1", false));
    ASSERT_EQ(completed(second).commands_size(), 1);
    EXPECT_EQ(completed(second).commands(0).start_timer_command_attributes().start_to_fire_timeout().seconds(), 7200);
}

TEST_F(RunHost, AsksForTheHistoryOfARunItDoesNotHave) {
    run_host host(types, {});
    (void)begin(host, "r1");
    host.evict("r1");
    EXPECT_EQ(host.bytes(), 0U);
    const auto answer = host.handle(second_task("r1", false));
    ASSERT_TRUE(std::holds_alternative<needs_history>(answer.body));
    // With the whole history the same task goes through.
    EXPECT_EQ(completed(host.handle(second_task("r1", true))).commands_size(), 1);
}

TEST_F(RunHost, GoesOnWithATaskThatIsForeseen) {
    run_host host(types, {});
    (void)begin(host, "r1");
    auto foreseen = second_task("r1", false);
    foreseen.clear_task_token();
    EXPECT_EQ(completed(host.handle(foreseen)).commands_size(), 1);
}

TEST_F(RunHost, AForeseenTaskThatTheRunHasPassedLeavesItAlone) {
    run_host host(types, {});
    (void)begin(host, "r1");
    auto foreseen = second_task("r1", false);
    foreseen.clear_task_token();
    (void)host.handle(second_task("r1", false));
    EXPECT_TRUE(std::holds_alternative<needs_history>(host.handle(foreseen).body));
    EXPECT_EQ(host.size(), 1U) << "where a task of the server would have replaced it";
    host.evict("r1");
    EXPECT_TRUE(std::holds_alternative<needs_history>(host.handle(foreseen).body));
}

TEST_F(RunHost, AHistoryInPagesIsFetchedFirst) {
    run_host host(types, {});
    auto task = first_task("r1");
    task.set_next_page_token("more");
    EXPECT_TRUE(std::holds_alternative<needs_history>(host.handle(task).body));
}

TEST_F(RunHost, EvictsTheLeastRecentlyUsedRunsBeforeItAnswers) {
    run_host measure(types, {});
    (void)begin(measure, "r0");
    const std::size_t one = measure.bytes();

    run_host host(types, {.cache_bytes = one * 5 / 2});
    EXPECT_TRUE(begin(host, "r1").cached);
    EXPECT_TRUE(begin(host, "r2").cached);
    EXPECT_TRUE(begin(host, "r3").cached);
    EXPECT_EQ(host.size(), 2U);
    EXPECT_LE(host.bytes(), one * 5 / 2);
    EXPECT_TRUE(std::holds_alternative<needs_history>(host.handle(second_task("r1", false)).body)) << "r1 was the oldest";
    EXPECT_FALSE(std::holds_alternative<needs_history>(host.handle(second_task("r2", false)).body));
}

TEST_F(RunHost, AccountsForWhatItsRunsHoldFramesIncluded) {
    run_host host(types, {});
    constexpr std::size_t many = 300;
    for (std::size_t i = 0; i < many; ++i) {
        const std::string run = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + i);
        (void)begin(host, run);
        // Half of them are a step further.
        if (i % 2 == 0) (void)host.handle(second_task(run, false));
    }
    ASSERT_EQ(host.size(), many);
    const std::size_t account = host.bytes();
    const std::size_t before = live_bytes();
    host.evict_all();
    const std::size_t truth = before - live_bytes();
    EXPECT_EQ(host.bytes(), 0U);
    EXPECT_GE(account, truth - truth / 10) << account / many << " for " << truth / many << " a run";
    EXPECT_LE(account, truth + truth / 10) << account / many << " for " << truth / many << " a run";
}

TEST_F(RunHost, ARunThatDoesNotFitAtAllIsNotCalledCached) {
    run_host host(types, {.cache_bytes = 1});
    EXPECT_FALSE(begin(host, "r1").cached);
    EXPECT_EQ(host.size(), 0U);
}

TEST_F(RunHost, EvictingPoliciesKeepNothing) {
    for (const cache_policy policy : {cache_policy::evict_after_task, cache_policy::evict_after_event}) {
        run_host host(types, {.policy = policy});
        EXPECT_FALSE(begin(host, "r1").cached);
        EXPECT_EQ(completed(host.handle(second_task("r1", true))).commands_size(), 1);
        EXPECT_EQ(host.size(), 0U);
    }
}

TEST_F(RunHost, AFailureIsToldAtTheFirstAttemptAndLeftToTimeOutLater) {
    run_host host(types, {});
    auto task = first_task("r1", "broken");
    const auto first = host.handle(task);
    const auto& failed = message(first).workflow_task_failed();
    EXPECT_EQ(failed.task_token(), "token-r1");
    EXPECT_THAT(failed.failure().message(), HasSubstr("index 7"));
    EXPECT_FALSE(first.cached);
    task.set_attempt(2);
    EXPECT_TRUE(std::holds_alternative<stay_silent>(host.handle(task).body));
}

TEST_F(RunHost, AnUnknownTypeIsRefusedWithTheNearestAndAllThatAreKnown) {
    run_host host(types, {});
    const auto answer = host.handle(first_task("r1", "slepeer"));
    EXPECT_THAT(message(answer).workflow_task_failed().failure().message(),
                HasSubstr("this worker has no workflow type \"slepeer\"; did you mean \"sleeper\"? It has: broken, sleeper"));
}

TEST_F(RunHost, AQueryOfARunThatCannotBeReplayedIsAnsweredWithTheReason) {
    run_host host(types, {});
    auto task = first_task("r1", "unheard-of");
    task.mutable_query()->set_query_type("__stack_trace");
    const auto answer = host.handle(task);
    const auto& failed = message(answer).query_completed();
    EXPECT_EQ(failed.completed_type(), pb::enums::QUERY_RESULT_TYPE_FAILED);
    EXPECT_THAT(failed.error_message(), HasSubstr("unheard-of"));
}

}  // namespace
}  // namespace perdure::detail
