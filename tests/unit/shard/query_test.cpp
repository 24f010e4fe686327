#include <gmock/gmock.h>

#include "api/carried_history.hpp"
#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

class ShardQuery : public ::testing::Test {
  protected:
    using answer_type = result<pb::service::QueryWorkflowResponse>;

    void idle_run() {
        rig.must(rig.start("o-1"));
        rig.must(rig.complete(rig.must(rig.take_workflow_task())));
    }
    std::shared_ptr<std::optional<answer_type>> query() {
        auto answer = std::make_shared<std::optional<answer_type>>();
        pb::service::QueryWorkflowRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id("o-1");
        request.mutable_query()->set_query_type("status");
        rig.shard().query_workflow(request, [answer](answer_type got) { answer->emplace(std::move(got)); });
        return answer;
    }
    result<pb::service::PollWorkflowTaskQueueResponse> take_query() {
        if (rig.queries.empty()) return service_failure{status_code::not_found, "no query is offered"};
        std::optional<result<pb::service::PollWorkflowTaskQueueResponse>> task;
        rig.shard().start_query_task(rig.queries.begin()->first, {"worker"}, false, [&](auto got) { task = std::move(got); });
        if (*task) unpack_history(**task);
        return std::move(*task);
    }
    result<pb::service::RespondQueryTaskCompletedResponse> respond(const std::string& token) {
        pb::service::RespondQueryTaskCompletedRequest request;
        request.set_task_token(token);
        request.set_completed_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
        request.mutable_query_result()->add_payloads()->set_data("fine");
        return rig.ask(&history_shard::respond_query_task_completed, request);
    }
    static std::string data(const std::optional<answer_type>& answer) {
        if (!answer || !*answer) return "no answer";
        return (*answer)->query_result().payloads(0).data();
    }

    shard_rig rig;
};

TEST_F(ShardQuery, OfAnIdleRunTravelsAlone) {
    idle_run();
    const auto answer = query();
    const auto task = rig.must(take_query());
    EXPECT_EQ(task.query().query_type(), "status");
    EXPECT_EQ(task.history().events_size(), 4);
    rig.must(respond(task.task_token()));
    EXPECT_EQ(data(*answer), "fine");
    EXPECT_EQ(respond(task.task_token()).error().code, status_code::not_found) << "answered once";
}

TEST_F(ShardQuery, OfARunWithAPendingTaskTravelsWithIt) {
    idle_run();
    rig.must(rig.signal("o-1"));
    const auto answer = query();
    EXPECT_TRUE(rig.queries.empty());
    const auto task = rig.must(rig.take_workflow_task());
    ASSERT_EQ(task.queries().size(), 1U);
    pb::service::RespondWorkflowTaskCompletedRequest request;
    request.set_task_token(task.task_token());
    pb::query::WorkflowQueryResult result;
    result.set_result_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
    result.mutable_answer()->add_payloads()->set_data("with the task");
    (*request.mutable_query_results())[task.queries().begin()->first] = result;
    rig.must(rig.ask(&history_shard::respond_workflow_task_completed, request));
    EXPECT_EQ(data(*answer), "with the task");
}

TEST_F(ShardQuery, ThatItsTaskLeftOutTravelsAlone) {
    idle_run();
    rig.must(rig.signal("o-1"));
    const auto answer = query();
    rig.must(rig.complete(rig.must(rig.take_workflow_task())));
    rig.must(respond(rig.must(take_query()).task_token()));
    EXPECT_EQ(data(*answer), "fine");
}

TEST_F(ShardQuery, OfAClosedRunIsAnsweredFromItsHistory) {
    idle_run();
    rig.must(rig.terminate("o-1"));
    rig.restart();
    const auto answer = query();
    const auto task = rig.must(take_query());
    EXPECT_EQ(task.history().events_size(), 5);
    rig.must(respond(task.task_token()));
    EXPECT_EQ(data(*answer), "fine");
}

TEST_F(ShardQuery, IsReleasedWhenItsRunCloses) {
    idle_run();
    rig.must(rig.signal("o-1"));
    const auto answer = query();
    rig.must(rig.terminate("o-1"));
    rig.must(respond(rig.must(take_query()).task_token()));
    EXPECT_EQ(data(*answer), "fine");
}

TEST_F(ShardQuery, ThatNobodyAnswersEndsAtItsDeadline) {
    idle_run();
    const auto answer = query();
    EXPECT_EQ(rig.queries.size(), 1U);
    rig.sleep(11s);
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->error().code, status_code::deadline_exceeded);
    EXPECT_TRUE(rig.queries.empty()) << "the offer is withdrawn";
}

TEST_F(ShardQuery, CanBeHandedOutAgainWhenItsWorkerIsGone) {
    idle_run();
    const auto answer = query();
    const std::uint64_t id = rig.queries.begin()->first;
    rig.must(take_query());
    rig.queries.clear();
    EXPECT_EQ(take_query().error().code, status_code::not_found);
    rig.shard().put_back_query(id);
    rig.must(respond(rig.must(take_query()).task_token()));
    EXPECT_EQ(data(*answer), "fine");
}

TEST_F(ShardQuery, OfAStickyRunGoesToItsWorkerWithTheNewEventsOnly) {
    rig.must(rig.start("o-1"));
    const auto task = rig.must(rig.take_workflow_task());
    pb::service::RespondWorkflowTaskCompletedRequest request;
    request.set_task_token(task.task_token());
    auto* sticky = request.mutable_sticky_attributes();
    sticky->mutable_worker_task_queue()->set_name("sticky");
    sticky->mutable_worker_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
    sticky->mutable_worker_task_queue()->set_normal_name("q");
    sticky->mutable_schedule_to_start_timeout()->set_seconds(5);
    rig.must(rig.ask(&history_shard::respond_workflow_task_completed, request));
    const auto answer = query();
    ASSERT_EQ(rig.queries.size(), 1U);
    const offered_query offer = rig.queries.begin()->second;
    EXPECT_EQ(offer.queue, (queue_key{"default", "sticky", task_kind::workflow, true}));
    EXPECT_EQ(offer.normal_queue, (queue_key{"default", "q", task_kind::workflow, false}));
    const auto query_task = rig.must(take_query());
    EXPECT_EQ(query_task.history().events_size(), 1);
    rig.must(respond(query_task.task_token()));
    EXPECT_EQ(data(*answer), "fine");
}

}  // namespace
}  // namespace perdure::history
