#include "core_fixture.hpp"

namespace perdure::detail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class WorkflowTasks : public core_fixture {
  protected:
    job_id task(const std::string& token, const std::string& run, std::uint32_t subscription = 1) {
        connect_once();
        serve_workflow_task(token, run, subscription);
        return last<run_workflow_task>()->job;
    }
    void connect_once() {
        if (!connected_) connect_and_forget();
        connected_ = true;
    }
    /// A worker that was given a task with these events cannot apply them, and asks for what it needs.
    job_id asks_for_history(std::uint32_t subscription, std::initializer_list<std::int64_t> events,
                            const std::string& next_page) {
        connect_and_forget();
        pb::worker::ServerMessage message;
        message.mutable_workflow_task()->set_subscription(subscription);
        auto& given = *message.mutable_workflow_task()->mutable_task();
        given = workflow_task("t1", "run-1");
        for (const std::int64_t id : events) given.mutable_history()->add_events()->set_event_id(id);
        given.set_next_page_token(next_page);
        serve(std::move(message));
        const job_id job = last<run_workflow_task>()->job;
        forget();
        core.workflow_done(job, {.body = needs_history{}}, now);
        step();
        return job;
    }
    /// Of the history that the newest task runs with.
    std::vector<std::int64_t> event_ids() {
        std::vector<std::int64_t> ids;
        const auto* runs = last<run_workflow_task>();
        if (runs == nullptr) return ids;
        for (const auto& event : runs->task->history().events()) ids.push_back(event.event_id());
        return ids;
    }
    bool connected_ = false;
};

TEST_F(WorkflowTasks, TheAnswerCarriesStickinessAndGivesTheCreditBackInTheSameFrame) {
    const job_id job = task("t1", "run-1");
    frames = 0;
    core.workflow_done(job, completed("t1"), now);
    step();
    EXPECT_EQ(frames, 1);
    ASSERT_EQ(kinds(), "workflow_task_completed credit");
    const auto& answer = sent[0].workflow_task_completed();
    EXPECT_EQ(answer.task_token(), "t1");
    EXPECT_EQ(answer.identity(), "worker-1");
    EXPECT_EQ(answer.sticky_attributes().worker_task_queue().name(), "worker-1:sticky");
    EXPECT_EQ(answer.sticky_attributes().worker_task_queue().normal_name(), "orders");
    EXPECT_EQ(answer.sticky_attributes().schedule_to_start_timeout().seconds(), 10);
    EXPECT_EQ(sent[1].credit().subscription(), 1U);
    EXPECT_EQ(sent[1].credit().count(), 1U);
}

TEST_F(WorkflowTasks, CreditsOfOneFrameAreGivenBackTogether) {
    const job_id first = task("t1", "run-1");
    const job_id second = task("t2", "run-2");
    const job_id sticky = task("t3", "run-3", 2);
    forget();
    frames = 0;
    core.workflow_done(first, completed("t1"), now);
    core.workflow_done(sticky, completed("t3"), now);
    core.workflow_done(second, completed("t2"), now);
    step();
    EXPECT_EQ(frames, 1);
    ASSERT_EQ(kinds(), "workflow_task_completed workflow_task_completed workflow_task_completed credit credit");
    EXPECT_EQ(sent[3].credit().subscription(), 1U);
    EXPECT_EQ(sent[3].credit().count(), 2U);
    EXPECT_EQ(sent[4].credit().subscription(), 2U);
    EXPECT_EQ(sent[4].credit().count(), 1U);
}

TEST_F(WorkflowTasks, CreditsThatWereNotGivenBackInTimeAreCountedByTheNewConnectionAlone) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, completed("t1"), now);
    core.disconnected("cut", now);
    now += 1min;
    sent.clear();
    connect();
    ASSERT_THAT(kinds(), ::testing::StartsWith("hello subscribe credit subscribe credit"));
    EXPECT_EQ(sent[2].credit().count(), 4U);
    std::uint32_t normal = 0;
    for (const auto& message : sent)
        if (message.has_credit() && message.credit().subscription() == 1) normal += message.credit().count();
    EXPECT_EQ(normal, 4U);
}

TEST_F(WorkflowTasks, ARunThatIsNotCachedIsNotSticky) {
    const job_id job = task("t1", "run-1", 2);
    core.workflow_done(job, completed("t1", 0, false), now);
    step();
    EXPECT_FALSE(sent[0].workflow_task_completed().has_sticky_attributes());
    EXPECT_EQ(sent[1].credit().subscription(), 2U);
}

TEST_F(WorkflowTasks, EagerActivitiesAreAskedForOnlyWhileASlotIsReserved) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, completed("t1", 4), now);
    step();
    const auto& answer = sent[0].workflow_task_completed();
    // Two of eight slots are kept for eager starts.
    EXPECT_TRUE(answer.commands(0).schedule_activity_task_command_attributes().request_eager_execution());
    EXPECT_TRUE(answer.commands(1).schedule_activity_task_command_attributes().request_eager_execution());
    EXPECT_FALSE(answer.commands(2).schedule_activity_task_command_attributes().request_eager_execution());

    const std::uint64_t request = sent[0].request_id();
    forget();
    pb::worker::ServerMessage reply;
    reply.set_request_id(request);
    *reply.mutable_workflow_task_completed()->add_activity_tasks() = activity_task("eager-1");
    serve(std::move(reply));
    ASSERT_NE(last<start_activity>(), nullptr);
    const job_id eager = last<start_activity>()->job;

    // One reservation came back unused, one is held by the activity.
    const job_id next = task("t2", "run-2");
    sent.clear();
    core.workflow_done(next, completed("t2", 2), now);
    step();
    EXPECT_TRUE(
        sent[0].workflow_task_completed().commands(0).schedule_activity_task_command_attributes().request_eager_execution());
    EXPECT_FALSE(
        sent[0].workflow_task_completed().commands(1).schedule_activity_task_command_attributes().request_eager_execution());

    // Its end frees the slot without a credit: no credit was used for it.
    forget();
    core.activity_done(eager, activity_completed{}, now);
    step();
    EXPECT_EQ(kinds(), "activity_completed");
}

TEST_F(WorkflowTasks, ActivitiesOfAnotherQueueAreNeverAskedForEagerly) {
    const job_id job = task("t1", "run-1");
    auto answer = completed("t1", 1);
    message_of(answer)
        .mutable_workflow_task_completed()
        ->mutable_commands(0)
        ->mutable_schedule_activity_task_command_attributes()
        ->mutable_task_queue()
        ->set_name("elsewhere");
    core.workflow_done(job, std::move(answer), now);
    step();
    EXPECT_FALSE(
        sent[0].workflow_task_completed().commands(0).schedule_activity_task_command_attributes().request_eager_execution());
}

TEST_F(WorkflowTasks, ARefusedAnswerFreesItsReservationsAndEvictsTheRun) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, completed("t1", 2), now);
    step();
    const std::uint64_t request = sent[0].request_id();
    forget();
    serve_error(request, status_code::not_found, "run run-1: workflow task 3 is gone");
    ASSERT_NE(last<evict_run>(), nullptr);
    EXPECT_EQ(last<evict_run>()->run_id, "run-1");
    const job_id next = task("t2", "run-2");
    sent.clear();
    core.workflow_done(next, completed("t2", 2), now);
    step();
    EXPECT_TRUE(
        sent[0].workflow_task_completed().commands(1).schedule_activity_task_command_attributes().request_eager_execution());
}

TEST_F(WorkflowTasks, ATaskThatCameInAReplyUsesNoCredit) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, completed("t1"), now);
    step();
    pb::worker::ServerMessage reply;
    reply.set_request_id(sent[0].request_id());
    *reply.mutable_workflow_task_completed()->mutable_workflow_task() = workflow_task("t2", "run-1");
    forget();
    serve(std::move(reply));
    ASSERT_NE(last<run_workflow_task>(), nullptr);
    core.workflow_done(last<run_workflow_task>()->job, completed("t2"), now);
    step();
    EXPECT_EQ(kinds(), "workflow_task_completed");
}

TEST_F(WorkflowTasks, AHistoryThatIsMissingIsFetchedPageByPageAndTheTaskRunsAgain) {
    const job_id job = asks_for_history(2, {4, 5}, "");
    ASSERT_EQ(kinds(), "get_history");
    EXPECT_EQ(sent[0].get_history().execution().run_id(), "run-1");

    pb::worker::ServerMessage first;
    first.set_request_id(sent[0].request_id());
    first.mutable_get_history()->mutable_history()->add_events()->set_event_id(1);
    first.mutable_get_history()->mutable_history()->add_events()->set_event_id(2);
    first.mutable_get_history()->set_next_page_token("more");
    forget();
    serve(std::move(first));
    ASSERT_EQ(kinds(), "get_history");
    EXPECT_EQ(sent[0].get_history().next_page_token(), "more");

    pb::worker::ServerMessage second;
    second.set_request_id(sent[0].request_id());
    second.mutable_get_history()->mutable_history()->add_events()->set_event_id(3);
    second.mutable_get_history()->mutable_history()->add_events()->set_event_id(4);
    forget();
    serve(std::move(second));
    ASSERT_NE(last<run_workflow_task>(), nullptr);
    EXPECT_EQ(last<run_workflow_task>()->job, job);
    // Event 5 belongs to a transient task: it is not stored and came with the task alone.
    EXPECT_EQ(event_ids(), (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST_F(WorkflowTasks, EventsThatCameAfterATaskAreNotGivenWithIt) {
    (void)asks_for_history(2, {3}, "");
    pb::worker::ServerMessage all;
    all.set_request_id(sent[0].request_id());
    for (int id = 1; id <= 6; ++id) all.mutable_get_history()->mutable_history()->add_events()->set_event_id(id);
    forget();
    serve(std::move(all));
    EXPECT_EQ(event_ids(), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(WorkflowTasks, APageTokenIsFollowedToTheEventsThatOnlyTheTaskHas) {
    (void)asks_for_history(1, {1, 2}, "page 2");
    for (const auto& [asked, next, id] : {std::tuple{"page 2", "page 3", 3}, {"page 3", "", 4}}) {
        ASSERT_EQ(kinds(), "get_history");
        EXPECT_EQ(sent[0].get_history().next_page_token(), asked);
        pb::worker::ServerMessage page;
        page.set_request_id(sent[0].request_id());
        page.mutable_get_history()->mutable_history()->add_events()->set_event_id(id);
        page.mutable_get_history()->set_next_page_token(next);
        forget();
        serve(std::move(page));
    }
    EXPECT_EQ(event_ids(), (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_EQ(last<run_workflow_task>()->task->next_page_token(), "");
}

TEST_F(WorkflowTasks, ATaskWhoseHistoryIsGoneIsForgottenAndItsCreditGivenBack) {
    const job_id job = task("t1", "run-1", 2);
    core.workflow_done(job, {.body = needs_history{}}, now);
    step();
    const std::uint64_t request = sent[0].request_id();
    forget();
    serve_error(request, status_code::not_found, "workflow wf-run-1 does not exist");
    EXPECT_EQ(kinds(), "credit");
    EXPECT_EQ(core.workflow_tasks_in_hand(), 0U);
}

TEST_F(WorkflowTasks, AnAnswerTooLargeForAFrameFailsTheTaskInstead) {
    const job_id job = task("t1", "run-1");
    auto answer = completed("t1", 1);
    message_of(answer)
        .mutable_workflow_task_completed()
        ->mutable_commands(0)
        ->mutable_schedule_activity_task_command_attributes()
        ->mutable_input()
        ->add_payloads()
        ->set_data(std::string(2 << 20, 'x'));
    core.workflow_done(job, std::move(answer), now);
    step();
    ASSERT_EQ(kinds(), "workflow_task_failed credit");
    EXPECT_EQ(sent[0].workflow_task_failed().cause(), pb::enums::WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE);
    EXPECT_EQ(last<evict_run>()->run_id, "run-1");
}

TEST_F(WorkflowTasks, OfALaterAttemptAnAnswerTooLargeForAFrameIsLeftToTheTimeout) {
    connect_and_forget();
    pb::worker::ServerMessage message;
    message.mutable_workflow_task()->set_subscription(1);
    auto& given = *message.mutable_workflow_task()->mutable_task();
    given = workflow_task("t1", "run-1");
    given.set_attempt(2);
    serve(std::move(message));
    const job_id job = last<run_workflow_task>()->job;
    auto answer = completed("t1");
    message_of(answer)
        .mutable_workflow_task_completed()
        ->add_commands()
        ->mutable_complete_workflow_execution_command_attributes()
        ->mutable_result()
        ->add_payloads()
        ->set_data(std::string(2 << 20, 'x'));
    core.workflow_done(job, std::move(answer), now);
    step();
    EXPECT_EQ(kinds(), "credit");
    EXPECT_EQ(last<evict_run>()->run_id, "run-1");
    EXPECT_THAT(said, Contains(HasSubstr("too large for a frame")));
}

TEST_F(WorkflowTasks, AQueryAnswerOrAFailureTooLargeForAFrameIsSaidInShort) {
    job_id job = task("t1", "run-1");
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& answered = *message->mutable_query_completed();
    answered.set_task_token("t1");
    answered.mutable_query_result()->add_payloads()->set_data(std::string(2 << 20, 'x'));
    core.workflow_done(job, {.body = std::move(message)}, now);
    step();
    ASSERT_EQ(kinds(), "query_completed credit");
    EXPECT_EQ(sent[0].query_completed().completed_type(), pb::enums::QUERY_RESULT_TYPE_FAILED);
    EXPECT_THAT(sent[0].query_completed().error_message(), HasSubstr("larger than a frame"));
    forget();
    job = task("t2", "run-1");
    message = std::make_shared<pb::worker::WorkerMessage>();
    auto& failed = *message->mutable_workflow_task_failed();
    failed.set_task_token("t2");
    failed.mutable_failure()->set_stack_trace(std::string(2 << 20, 'x'));
    failed.mutable_failure()->set_message("index 7");
    core.workflow_done(job, {.body = std::move(message)}, now);
    step();
    ASSERT_EQ(kinds(), "workflow_task_failed credit");
    EXPECT_LT(sent[0].ByteSizeLong(), 1U << 19U);
    EXPECT_EQ(sent[0].workflow_task_failed().failure().cause().message(), "index 7");
}

TEST_F(WorkflowTasks, SilenceOnlyGivesTheCreditBack) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, {.body = stay_silent{}}, now);
    step();
    EXPECT_EQ(kinds(), "credit");
}

TEST_F(WorkflowTasks, ASecondAnswerForOneTaskIsIgnored) {
    const job_id job = task("t1", "run-1");
    core.workflow_done(job, completed("t1"), now);
    core.workflow_done(job, completed("t1"), now);
    step();
    EXPECT_EQ(kinds(), "workflow_task_completed credit");
}

TEST_F(WorkflowTasks, ADrainingWorkerAnswersWithoutStickinessAndStopsWhenAllIsAcknowledged) {
    const job_id job = task("t1", "run-1");
    core.drain(now);
    step();
    EXPECT_EQ(kinds(), "drain");
    forget();
    core.workflow_done(job, completed("t1", 1), now);
    step();
    ASSERT_EQ(kinds(), "workflow_task_completed");
    EXPECT_FALSE(sent[0].workflow_task_completed().has_sticky_attributes());
    EXPECT_FALSE(
        sent[0].workflow_task_completed().commands(0).schedule_activity_task_command_attributes().request_eager_execution());
    EXPECT_FALSE(core.is_stopped());
    pb::worker::ServerMessage reply;
    reply.set_request_id(sent[0].request_id());
    reply.mutable_workflow_task_completed();
    serve(std::move(reply));
    EXPECT_TRUE(core.is_stopped());
    EXPECT_EQ(last<stopped>()->error, "");
}

}  // namespace
}  // namespace perdure::detail
