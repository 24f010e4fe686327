#include "api/time_convert.hpp"
#include "core_fixture.hpp"

// Workflow tasks that follow an activity of this worker, which it runs before the server has scheduled them.

namespace perdure::detail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr auto started_at = std::chrono::sys_days(std::chrono::year(2026) / 5 / 1) + 100ms;

class Foreseen : public core_fixture {
  protected:
    Foreseen() : Foreseen(small_worker()) {}
    explicit Foreseen(core_options options) : core_fixture(std::move(options)) { connect_and_forget(); }

    static pb::history::HistoryEvent& add(pb::service::PollWorkflowTaskQueueResponse& task, std::int64_t id,
                                          pb::enums::EventType type) {
        auto& event = *task.mutable_history()->add_events();
        event.set_event_id(id);
        event.set_event_type(type);
        return event;
    }

    static pb::service::PollActivityTaskQueueResponse foreseeing(const std::string& token) {
        auto activity = activity_task(token);
        activity.mutable_workflow_execution()->set_workflow_id("wf-run-1");
        activity.mutable_workflow_execution()->set_run_id("run-1");
        activity.mutable_workflow_type()->set_name("order.fulfil");
        *activity.mutable_started_time() = to_timestamp(started_at);
        auto& task = *activity.mutable_perdure_foreseen_task();
        task.set_previous_started_event_id(3);
        task.set_started_event_id(9);
        task.set_attempt(1);
        add(task, 4, pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
        add(task, 5, pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
        add(task, 6, pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED);
        add(task, 7, pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
            .mutable_activity_task_completed_event_attributes()
            ->set_scheduled_event_id(5);
        add(task, 8, pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        add(task, 9, pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
        return activity;
    }

    job_id serve_activity_with(const pb::service::PollActivityTaskQueueResponse& task) {
        pb::worker::ServerMessage message;
        *message.mutable_activity_task()->mutable_task() = task;
        message.mutable_activity_task()->set_subscription(3);
        serve(std::move(message));
        return last<start_activity>()->job;
    }

    static activity_answer result(const std::string& text = "\"ok\"") { return activity_completed{details(text)}; }

    /// The activity has ended; the number of the workflow task that is run for it, 0 if there is none.
    job_id end_activity(job_id activity) {
        forget();
        core.activity_done(activity, result(), now);
        step();
        const auto* runs = last<run_workflow_task>();
        return runs == nullptr ? 0 : runs->job;
    }

    /// The run is ahead: result and answer are on their way. Returns the number of their request.
    std::uint64_t go_ahead(int activities = 0) {
        const job_id task = end_activity(serve_activity_with(foreseeing("a1")));
        core.workflow_done(task, completed("", activities), now);
        step();
        return sent.empty() ? 0 : sent.back().request_id();
    }
};

TEST_F(Foreseen, TheTaskIsRunWithTheResultAndTheServersTime) {
    const job_id activity = serve_activity_with(foreseeing("a1"));
    now += 250ms;
    ASSERT_NE(end_activity(activity), 0U);
    EXPECT_EQ(kinds(), "credit") << "the result waits for the workflow's answer, the slot does not";
    const auto& task = *last<run_workflow_task>()->task;
    EXPECT_TRUE(is_foreseen(task));
    EXPECT_EQ(task.workflow_execution().run_id(), "run-1");
    EXPECT_EQ(task.workflow_type().name(), "order.fulfil");
    EXPECT_EQ(task.previous_started_event_id(), 3);
    ASSERT_EQ(task.history().events_size(), 6);
    EXPECT_EQ(task.history().events(3).activity_task_completed_event_attributes().result().payloads(0).data(), "\"ok\"");
    EXPECT_EQ(from_timestamp(task.history().events(5).event_time()), started_at + 250ms)
        << "the start by the server's clock, and the time since by this one's";
}

TEST_F(Foreseen, ResultAndAnswerAreOneMessage) {
    const job_id activity = serve_activity_with(foreseeing("a1"));
    now += 250ms;
    const job_id task = end_activity(activity);
    forget();
    now += 1ms;
    core.workflow_done(task, completed("", 1), now);
    step();
    ASSERT_EQ(kinds(), "activity_completed");
    const auto& told = sent[0].activity_completed();
    EXPECT_EQ(told.task_token(), "a1");
    EXPECT_EQ(told.result().payloads(0).data(), "\"ok\"");
    EXPECT_EQ(told.perdure_foreseen().started_event_id(), 9);
    EXPECT_EQ(from_timestamp(told.perdure_foreseen().time()), started_at + 250ms) << "what the workflow took for now";
    const auto& answer = told.perdure_foreseen().answer();
    EXPECT_EQ(answer.commands_size(), 1);
    EXPECT_EQ(answer.identity(), "worker-1");
    EXPECT_EQ(answer.sticky_attributes().worker_task_queue().name(), "worker-1:sticky");
    EXPECT_TRUE(answer.sticky_attributes().perdure_foresees());
    EXPECT_TRUE(answer.commands(0).schedule_activity_task_command_attributes().request_eager_execution());
    EXPECT_EQ(core.workflow_tasks_in_hand(), 0U);
}

TEST_F(Foreseen, AnAnswerThatTookEffectLeavesTheRunAndBringsItsTasks) {
    const std::uint64_t request = go_ahead(1);
    forget();
    pb::worker::ServerMessage message;
    message.set_request_id(request);
    *message.mutable_workflow_task_completed()->add_activity_tasks() = foreseeing("a2");
    serve(std::move(message));
    EXPECT_EQ(count<evict_run>(), 0U);
    ASSERT_EQ(count<start_activity>(), 1U);
    EXPECT_NE(end_activity(last<start_activity>()->job), 0U) << "and so on";
}

TEST_F(Foreseen, AnAnswerThatWasPassedOverCostsTheRun) {
    const std::uint64_t request = go_ahead(1);
    forget();
    serve_done(request);
    ASSERT_EQ(count<evict_run>(), 1U);
    EXPECT_EQ(last<evict_run>()->run_id, "run-1");
}

TEST_F(Foreseen, ARefusedResultCostsTheRun) {
    const std::uint64_t request = go_ahead();
    forget();
    serve_error(request, status_code::not_found);
    EXPECT_EQ(count<evict_run>(), 1U);
    EXPECT_EQ(kinds(), "");
}

TEST_F(Foreseen, AResultThatCanNeverBeTakenFailsItsActivity) {
    const std::uint64_t request = go_ahead();
    forget();
    serve_error(request, status_code::invalid_argument, "Result exceeds its limit");
    EXPECT_EQ(count<evict_run>(), 1U);
    ASSERT_EQ(kinds(), "activity_failed");
    EXPECT_EQ(sent[0].activity_failed().task_token(), "a1");
}

TEST_F(Foreseen, TheSlotsOfEagerActivitiesAreFreeAgainWhateverComes) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t request = go_ahead(1);
        ASSERT_TRUE(sent.back()
                        .activity_completed()
                        .perdure_foreseen()
                        .answer()
                        .commands(0)
                        .schedule_activity_task_command_attributes()
                        .request_eager_execution())
            << round;
        if (round % 2 == 0) {
            serve_done(request);
        } else {
            serve_error(request, status_code::not_found);
        }
    }
}

TEST_F(Foreseen, ARunThatIsNotThereAnyMoreLeavesTheResultAlone) {
    const job_id task = end_activity(serve_activity_with(foreseeing("a1")));
    forget();
    core.workflow_done(task, {.body = needs_history{}}, now);
    step();
    ASSERT_EQ(kinds(), "activity_completed");
    EXPECT_FALSE(sent[0].activity_completed().has_perdure_foreseen());
    serve_done(sent[0].request_id());
    EXPECT_EQ(count<evict_run>(), 0U) << "nothing ran ahead";
}

TEST_F(Foreseen, ATaskThatFailsIsLeftToTheServersOwn) {
    const job_id task = end_activity(serve_activity_with(foreseeing("a1")));
    forget();
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    message->mutable_workflow_task_failed();
    core.workflow_done(task, {.body = std::move(message)}, now);
    step();
    ASSERT_EQ(kinds(), "activity_completed");
    EXPECT_FALSE(sent[0].activity_completed().has_perdure_foreseen());
}

TEST_F(Foreseen, AnAnswerThatNoFrameHoldsIsLeftOut) {
    const job_id task = end_activity(serve_activity_with(foreseeing("a1")));
    forget();
    auto answer = completed("");
    auto& command = *message_of(answer).mutable_workflow_task_completed()->add_commands();
    *command.mutable_complete_workflow_execution_command_attributes()->mutable_result() =
        details(std::string(max_frame_bytes, 'x'));
    core.workflow_done(task, std::move(answer), now);
    step();
    ASSERT_EQ(kinds(), "activity_completed");
    EXPECT_FALSE(sent[0].activity_completed().has_perdure_foreseen());
    EXPECT_EQ(sent[0].activity_completed().result().payloads(0).data(), "\"ok\"");
    EXPECT_EQ(count<evict_run>(), 1U);
}

TEST_F(Foreseen, AQueryIsNotAnsweredByARunThatIsAhead) {
    const std::uint64_t request = go_ahead();
    forget();
    const auto ask = [&] {
        pb::worker::ServerMessage message;
        message.mutable_workflow_task()->set_subscription(2);
        auto& task = *message.mutable_workflow_task()->mutable_task();
        task = workflow_task("q1", "run-1");
        task.mutable_query()->set_query_type("state");
        serve(std::move(message));
    };
    ask();
    ASSERT_EQ(effects.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<evict_run>(effects[0])) << "it replays what happened";
    EXPECT_TRUE(std::holds_alternative<run_workflow_task>(effects[1]));
    pb::worker::ServerMessage taken;
    taken.set_request_id(request);
    taken.mutable_workflow_task_completed();
    serve(std::move(taken));
    forget();
    ask();
    EXPECT_EQ(count<evict_run>(), 0U) << "now it happened";
}

TEST_F(Foreseen, WhatWasNotAnsweredIsSaidAgainOnTheNextConnection) {
    go_ahead(1);
    forget();
    core.disconnected("gone", now);
    step();
    now += 10s;
    connect();
    EXPECT_THAT(kinds(), HasSubstr("activity_completed"));
    const auto again = std::ranges::find_if(sent, [](const auto& message) { return message.has_activity_completed(); });
    ASSERT_NE(again, sent.end());
    EXPECT_TRUE(again->activity_completed().has_perdure_foreseen()) << "whether it still fits is the server's to say";
}

struct alone_case {
    const char* name;
    void (*happens)(worker_core&, moment&);
    int start_to_close_seconds = 60;
};

class GoesAlone : public Foreseen, public ::testing::WithParamInterface<alone_case> {};

TEST_P(GoesAlone, TheResult) {
    auto activity = foreseeing("a1");
    activity.mutable_start_to_close_timeout()->set_seconds(GetParam().start_to_close_seconds);
    const job_id job = serve_activity_with(activity);
    GetParam().happens(core, now);
    EXPECT_EQ(end_activity(job), 0U);
    EXPECT_EQ(core.workflow_tasks_in_hand(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    When, GoesAlone,
    ::testing::Values(alone_case{"the_worker_drains", [](worker_core& core, moment& now) { core.drain(now); }},
                      alone_case{"the_connection_is_gone",
                                 [](worker_core& core, moment& now) { core.disconnected("gone", now); }},
                      alone_case{"its_time_is_nearly_up", [](worker_core&, moment& now) { now += 9'500ms; }, 10}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(Foreseen, NoMoreTasksAreRunThanThereAreSlots) {
    std::vector<job_id> activities;
    for (int index = 0; index < 5; ++index) activities.push_back(serve_activity_with(foreseeing("a" + std::to_string(index))));
    for (int index = 0; index < 4; ++index) EXPECT_NE(end_activity(activities[static_cast<std::size_t>(index)]), 0U);
    EXPECT_EQ(end_activity(activities[4]), 0U);
    EXPECT_THAT(kinds(), HasSubstr("activity_completed"));
}

TEST_F(Foreseen, AFailureIsNot) {
    const job_id activity = serve_activity_with(foreseeing("a1"));
    forget();
    core.activity_done(activity, activity_failed{}, now);
    step();
    EXPECT_EQ(count<run_workflow_task>(), 0U);
    EXPECT_THAT(kinds(), HasSubstr("activity_failed"));
}

TEST_F(Foreseen, ATaskWithoutRoomForTheResultIsIgnored) {
    auto activity = foreseeing("a1");
    activity.mutable_perdure_foreseen_task()->mutable_history()->mutable_events()->DeleteSubrange(3, 1);
    EXPECT_EQ(end_activity(serve_activity_with(activity)), 0U);
    EXPECT_THAT(kinds(), HasSubstr("activity_completed"));
}

}  // namespace
}  // namespace perdure::detail
