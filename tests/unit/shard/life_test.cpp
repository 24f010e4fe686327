#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

std::vector<int> types(const std::vector<pb::history::HistoryEvent>& events) {
    std::vector<int> found;
    for (const auto& event : events) found.push_back(event.event_type());
    return found;
}

TEST(ShardLife, TakesAnOrderFromItsStartToItsEnd) {
    shard_rig rig;
    const auto started = rig.must(rig.start("o-1"));
    EXPECT_TRUE(started.started());
    const auto first = rig.must(rig.take_workflow_task());
    EXPECT_EQ(first.history().events_size(), 3);
    EXPECT_EQ(first.workflow_execution().run_id(), started.run_id());
    rig.must(rig.complete(first, {activity_command("a")}));
    const auto activity = rig.must(rig.take_activity_task());
    EXPECT_EQ(activity.activity_id(), "a");
    rig.must(rig.complete(activity));
    const auto second = rig.must(rig.take_workflow_task());
    EXPECT_EQ(second.history().events_size(), 9);
    rig.must(rig.complete(second, {complete_command()}));

    EXPECT_EQ(rig.info("o-1").status(), pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
    EXPECT_EQ(types(rig.history("o-1")), (std::vector<int>{1, 5, 6, 7, 10, 11, 12, 5, 6, 7, 2}));
    EXPECT_THAT(rig.offers, IsEmpty());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardLife, AnswersWhenTheChangeIsDurableAndNotBefore) {
    shard_rig rig;
    rig.writes.at_once = false;
    EXPECT_EQ(rig.start("o-1").error().code, status_code::deadline_exceeded) << "not answered yet";
    EXPECT_EQ(rig.offers.size(), 1U) << "matching happens in memory";
    const auto task = rig.must(rig.take_workflow_task());
    EXPECT_EQ(rig.complete(task, {activity_command("a")}).error().code, status_code::deadline_exceeded);
    bool delivered = false;
    ASSERT_EQ(rig.offers.size(), 1U);
    rig.shard().start_activity_task(rig.offers[0].run, rig.offers[0].task, {"worker"}, [&](auto given) {
        EXPECT_TRUE(given);
        delivered = true;
    });
    EXPECT_TRUE(rig.writes.step());
    EXPECT_FALSE(delivered) << "the start of the activity is in the second batch";
    EXPECT_TRUE(rig.writes.step());
    EXPECT_TRUE(delivered);
    EXPECT_FALSE(rig.writes.step());
}

TEST(ShardLife, WritesWhatAWorkflowTaskIsForTogetherWithItsAnswer) {
    shard_options options;
    options.commit_delay = 2ms;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    EXPECT_EQ(rig.watched.commits, 1) << "somebody waits for a start";
    static_cast<void>(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a")}));
    const auto activity = rig.must(rig.take_activity_task());
    EXPECT_EQ(rig.watched.commits, 2) << "and for an activity";
    EXPECT_EQ(rig.complete(activity).error().code, status_code::deadline_exceeded) << "a worker's answer has time";
    static_cast<void>(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("b")}));
    EXPECT_EQ(rig.watched.commits, 2);
    rig.must(rig.take_activity_task());
    EXPECT_EQ(rig.watched.commits, 3) << "a step costs one flush";
    EXPECT_TRUE(rig.shard().idle());
}

TEST(ShardLife, WritesSoonWhatNobodyWaitsFor) {
    shard_options options;
    options.commit_delay = 2ms;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    bool done = false;
    rig.shard().respond_workflow_task_completed(
        [&] {
            pb::service::RespondWorkflowTaskCompletedRequest request;
            request.set_namespace_("default");
            request.set_task_token(rig.must(rig.take_workflow_task()).task_token());
            return request;
        }(),
        [&](auto answer) { done = answer.has_value(); });
    EXPECT_FALSE(rig.shard().idle());
    EXPECT_EQ(rig.shard().next_due(), rig.now + 2ms);
    rig.pass(2ms);
    EXPECT_TRUE(done);
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_EQ(rig.watched.commits, 2);
}

TEST(ShardLife, WritesWhatWaitsAsOneBatch) {
    shard_rig rig;
    rig.writes.at_once = false;
    int answered = 0;
    for (int i = 0; i < 50; ++i)
        rig.shard().start_workflow_execution(start_request("o-" + std::to_string(i)), [&](auto) { ++answered; });
    rig.writes.step();
    EXPECT_EQ(answered, 1);
    rig.writes.step();
    EXPECT_EQ(answered, 50);
    EXPECT_EQ(rig.watched.commits, 2);
    EXPECT_EQ(rig.watched.last_runs, 49U);
    EXPECT_TRUE(rig.shard().idle());
}

TEST(ShardLife, ReadsThatSeeAnUnwrittenChangeWaitForIt) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.writes.at_once = false;
    rig.shard().signal_workflow_execution(
        [] {
            pb::service::SignalWorkflowExecutionRequest request;
            request.set_namespace_("default");
            request.mutable_workflow_execution()->set_workflow_id("o-1");
            request.set_signal_name("sig");
            return request;
        }(),
        [](auto) {});
    pb::service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("o-1");
    std::optional<std::int64_t> length;
    rig.shard().describe_workflow_execution(request,
                                            [&](auto answer) { length = answer->workflow_execution_info().history_length(); });
    EXPECT_FALSE(length);
    rig.writes.step();
    EXPECT_EQ(length, std::optional<std::int64_t>{3});
}

TEST(ShardLife, KnowsARepeatedRequestAlsoAfterARestart) {
    shard_rig rig;
    const auto first = rig.must(rig.start("o-1", "request-1"));
    rig.must(rig.signal("o-1", "signal-1"));
    rig.restart();
    const auto again = rig.must(rig.start("o-1", "request-1"));
    EXPECT_EQ(again.run_id(), first.run_id());
    EXPECT_EQ(rig.start("o-1", "request-2").error().code, status_code::already_exists);
    rig.must(rig.signal("o-1", "signal-1"));
    EXPECT_EQ(rig.history("o-1").size(), 3U);
    rig.must(rig.signal("o-1", "signal-2"));
    EXPECT_EQ(rig.history("o-1").size(), 4U);
}

TEST(ShardLife, GoesOnWithARunAfterARestart) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a"), timer_command("t", 60s)}));
    const auto activity = rig.must(rig.take_activity_task());
    rig.restart();
    rig.must(rig.complete(activity));
    rig.restart();
    // Nothing was offered: matching asks for what waits when somebody serves the queue.
    EXPECT_THAT(rig.offers, IsEmpty());
    std::vector<offered_task> waiting;
    rig.shard().outstanding({"default", "q", task_kind::workflow, false}, {}, 10, [&](auto page) {
        ASSERT_TRUE(page);
        EXPECT_TRUE(page->complete);
        waiting = page->tasks;
    });
    ASSERT_EQ(waiting.size(), 1U);
    rig.offers = waiting;
    const auto task = rig.must(rig.take_workflow_task());
    EXPECT_EQ(task.history().events_size(), 10);
    rig.must(rig.complete(task));
    rig.restart();
    rig.sleep(60s);
    EXPECT_EQ(rig.history("o-1").back().event_type(), pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardLife, NamesTheNewestRunOfAWorkflowId) {
    shard_rig rig;
    const auto first = rig.must(rig.start("o-1", "one"));
    rig.must(rig.terminate("o-1"));
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    const auto second = rig.must(rig.start("o-1", "two"));
    EXPECT_NE(first.run_id(), second.run_id());
    for (int i = 0; i < 2; ++i) {
        rig.must(rig.signal("o-1"));
        EXPECT_EQ(rig.signal("o-1", "", first.run_id()).error().code, status_code::not_found);
        rig.restart();
    }
    EXPECT_EQ(rig.info("o-1").execution().run_id(), second.run_id());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardLife, RefusesWhatNamesNothing) {
    shard_rig rig;
    EXPECT_EQ(rig.signal("nobody").error().code, status_code::not_found);
    EXPECT_EQ(rig.signal("").error().code, status_code::invalid_argument);
    rig.must(rig.start("o-1"));
    EXPECT_EQ(rig.signal("o-1", "", "no-such-run").error().code, status_code::not_found);
    pb::service::RespondActivityTaskCompletedRequest request;
    for (const std::string& token : {std::string(), std::string("AAA"), std::string(50'000, 'x')}) {
        request.set_task_token(token);
        EXPECT_EQ(rig.ask(&history_shard::respond_activity_task_completed, request).error().code, status_code::invalid_argument);
    }
}

TEST(ShardLife, TellsTheWorkerOfAnActivityThatEndedWithoutIt) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a")}));
    const auto activity = rig.must(rig.take_activity_task());
    rig.must(rig.terminate("o-1"));
    ASSERT_EQ(rig.abandoned.size(), 1U);
    EXPECT_EQ(rig.abandoned[0].task_token, activity.task_token()) << "byte for byte as the worker has it";
}

TEST(ShardLife, DeletesARunForEverybody) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.start("o-2"));
    pb::service::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("o-1");
    rig.must(rig.ask(&history_shard::delete_workflow_execution, request));
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    EXPECT_EQ(rig.offers.size(), 1U) << "its task is withdrawn";
    rig.restart();
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    rig.must(rig.start("o-1", "again"));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardLife, DeletesAClosedRunAfterItsRetention) {
    shard_options options;
    options.retention = 2h;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    rig.must(rig.terminate("o-1"));
    rig.sleep(119min);
    EXPECT_EQ(rig.info("o-1").status(), pb::enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    rig.restart();
    rig.sleep(2min);
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    EXPECT_TRUE(rig.must(rig.watched.scan_runs(0, 10)).empty());
    EXPECT_TRUE(rig.must(rig.watched.read_journal(1, 0, 10)).empty());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardLife, AnswersEverybodyWhenItEnds) {
    auto rig = std::make_unique<shard_rig>();
    rig->must(rig->start("o-1"));
    rig->writes.at_once = false;
    std::vector<status_code> answers;
    const auto keep = [&](auto answer) { answers.push_back(answer.error().code); };
    rig->shard().start_workflow_execution(start_request("o-2"), keep);
    pb::service::GetWorkflowExecutionHistoryRequest poll;
    poll.set_namespace_("default");
    poll.mutable_execution()->set_workflow_id("o-1");
    poll.set_wait_new_event(true);
    poll.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    rig->shard().get_workflow_execution_history(poll, keep);
    pb::service::ListWorkflowExecutionsRequest list;
    list.set_namespace_("default");
    rig->shard().list_workflow_executions(list, keep);
    rig.reset();
    EXPECT_EQ(answers, (std::vector<status_code>(3, status_code::unavailable)));
}

TEST(ShardLife, ARepeatedSignalWithStartOfAClosedRunStartedNothing) {
    shard_rig rig;
    pb::service::SignalWithStartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("o-1");
    request.mutable_workflow_type()->set_name("order");
    request.mutable_task_queue()->set_name("q");
    request.set_signal_name("approve");
    request.set_request_id("request");
    const auto first = rig.must(rig.ask(&history_shard::signal_with_start_workflow_execution, request));
    EXPECT_TRUE(first.started());
    rig.must(rig.terminate("o-1"));
    const auto events = rig.history("o-1").size();
    const auto again = rig.must(rig.ask(&history_shard::signal_with_start_workflow_execution, request));
    EXPECT_FALSE(again.started());
    EXPECT_EQ(again.run_id(), first.run_id());
    EXPECT_EQ(rig.history("o-1").size(), events);
    request.set_request_id("another");
    EXPECT_TRUE(rig.must(rig.ask(&history_shard::signal_with_start_workflow_execution, request)).started());
}

}  // namespace
}  // namespace perdure::history
