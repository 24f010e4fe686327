#include <gtest/gtest.h>

#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

pb::service::QueryWorkflowRequest ask(pb::enums::QueryRejectCondition condition = pb::enums::QUERY_REJECT_CONDITION_NONE) {
    pb::service::QueryWorkflowRequest request;
    request.mutable_execution()->set_workflow_id("w");
    request.mutable_query()->set_query_type("status");
    request.set_query_reject_condition(condition);
    return request;
}

pb::service::RespondWorkflowTaskCompletedRequest answering(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                           std::string_view json) {
    pb::service::RespondWorkflowTaskCompletedRequest request;
    for (const auto& [id, query] : task.queries()) {
        auto& result = (*request.mutable_query_results())[id];
        result.set_result_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
        *result.mutable_answer() = payload(json);
    }
    return request;
}

TEST(Query, OfAnIdleRunIsATaskOfItsOwn) {
    story s;
    s.turn();
    const auto reply = s.host.query(ask());
    const auto task = s.take();
    EXPECT_EQ(task.query().query_type(), "status");
    EXPECT_EQ(task.started_event_id(), 0);
    EXPECT_EQ(task.history().events_size(), 4);
    EXPECT_EQ(s.run().history.size(), 4U) << "a query leaves no trace";
    pb::service::RespondQueryTaskCompletedRequest response;
    response.set_task_token(task.task_token());
    response.set_completed_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
    *response.mutable_query_result() = payload("7");
    ASSERT_TRUE(s.host.answer_query(response).has_value());
    EXPECT_EQ((*reply->answered)->query_result().payloads(0).data(), "7");
}

TEST(Query, BehindAPendingTaskTravelsWithIt) {
    story s;
    s.turn();
    ASSERT_TRUE(s.signal("first").has_value());
    const auto reply = s.host.query(ask());
    const auto task = s.take();
    ASSERT_EQ(task.queries_size(), 1);
    EXPECT_FALSE(reply->answered.has_value());
    ASSERT_TRUE(s.answer(answering(task, "1")).has_value());
    ASSERT_TRUE(reply->answered.has_value());
    EXPECT_EQ((*reply->answered)->query_result().payloads(0).data(), "1");
}

TEST(Query, DuringAStartedTaskWaitsForTheNextOrGoesOnItsOwn) {
    story s;
    s.take();
    const auto reply = s.host.query(ask());
    ASSERT_TRUE(s.answer().has_value());
    EXPECT_FALSE(reply->answered.has_value());
    EXPECT_EQ(s.take().query().query_type(), "status") << "nothing else is pending, so it is sent alone";
}

TEST(Query, SurvivesTheFailureOfTheTaskItTravelledWith) {
    story s;
    s.turn();
    ASSERT_TRUE(s.signal("first").has_value());
    const auto reply = s.host.query(ask());
    EXPECT_EQ(s.take().queries_size(), 1);
    ASSERT_TRUE(s.fail_task().has_value());
    const auto again = s.take();
    EXPECT_EQ(again.queries_size(), 1);
    ASSERT_TRUE(s.answer(answering(again, "2")).has_value());
    EXPECT_TRUE(reply->answered.has_value());
}

TEST(Query, OfAClosedRunIsAnsweredUnlessTheConditionForbidsIt) {
    story s;
    s.turn({complete()});
    EXPECT_TRUE((*s.host.query(ask(pb::enums::QUERY_REJECT_CONDITION_NOT_OPEN))->answered)->has_query_rejected());
    EXPECT_FALSE(s.host.query(ask(pb::enums::QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY))->answered.has_value());
    EXPECT_EQ(s.take().query().query_type(), "status");
}

TEST(Query, OfARunThatWasNeverSeenByAWorkerCannotBeAnswered) {
    story s;
    ASSERT_TRUE(s.terminate().has_value());
    const auto reply = s.host.query(ask());
    ASSERT_TRUE(reply->answered.has_value());
    EXPECT_EQ(reply->answered->error().code, status_code::failed_precondition);
}

TEST(Query, ASecondOneThatWaitsIsAskedToComeAgain) {
    story s;
    s.turn();
    ASSERT_TRUE(s.signal("first").has_value());
    const auto first = s.host.query(ask());
    const auto second = s.host.query(ask());
    ASSERT_TRUE(second->answered.has_value());
    EXPECT_EQ(second->answered->error().code, status_code::resource_exhausted);
    EXPECT_FALSE(first->answered.has_value());
}

TEST(Query, ATaskThatFailsAgainAndAgainFailsQueriesFast) {
    story s;
    s.take();
    ASSERT_TRUE(s.fail_task().has_value());
    s.take();
    ASSERT_TRUE(s.fail_task().has_value());
    const auto reply = s.host.query(ask());
    ASSERT_TRUE(reply->answered.has_value());
    EXPECT_EQ(reply->answered->error().code, status_code::failed_precondition);
}

TEST(Query, ARunThatIsTerminatedStillAnswersWhatWaited) {
    story s;
    s.turn();
    ASSERT_TRUE(s.signal("first").has_value());
    const auto reply = s.host.query(ask());
    ASSERT_TRUE(s.terminate().has_value());
    EXPECT_EQ(s.take().query().query_type(), "status");
}

}  // namespace
}  // namespace perdure::history::test
