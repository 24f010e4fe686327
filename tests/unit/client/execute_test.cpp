#include <gtest/gtest.h>

#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "scripted_connection.hpp"

namespace perdure {
namespace {

using namespace std::chrono_literals;

struct CountInOneCall : contract<CountInOneCall, "count.once", int(int)> {};
struct TickInOneCall : contract<TickInOneCall, "tick.once", void()> {};

class Execute : public ::testing::Test {
  protected:
    pb::service::StartWorkflowExecutionResponse& next_start(const std::string& run_id) {
        pb::service::StartWorkflowExecutionResponse answer;
        answer.set_run_id(run_id);
        return *via->server.start_workflow_execution_answers.emplace_back(std::move(answer));
    }
    static pb::history::HistoryEvent completed(int value) {
        pb::history::HistoryEvent event;
        event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        *event.mutable_workflow_execution_completed_event_attributes()->mutable_result() = to_payloads(value);
        return event;
    }
    void next_page(pb::history::HistoryEvent event) {
        pb::service::GetWorkflowExecutionHistoryResponse page;
        *page.mutable_history()->add_events() = std::move(event);
        via->server.get_workflow_execution_history_answers.emplace_back(std::move(page));
    }
    const auto& polls() const { return via->server.get_workflow_execution_history_requests; }

    std::shared_ptr<detail::scripted_connection> via = std::make_shared<detail::scripted_connection>();
    client caller{via};
    start_options options{.id = "o-1", .task_queue = "orders"};
};

TEST_F(Execute, TakesOneExchangeWhenTheEndComesWithTheAnswer) {
    *next_start("run-1").mutable_perdure_close_event() = completed(7);
    EXPECT_EQ(caller.execute<CountInOneCall>(1, options), 7);
    const auto& asked = via->server.start_workflow_execution_requests.at(0);
    EXPECT_TRUE(asked.perdure_wait_for_close());
    EXPECT_EQ(asked.request_id(), "request-1");
    EXPECT_EQ(asked.input().payloads(0).data(), "1");
    EXPECT_TRUE(polls().empty());
}

TEST_F(Execute, AsksOnWhenTheWorkflowTakesLonger) {
    next_start("run-1");
    next_page(completed(8));
    EXPECT_EQ(caller.execute<CountInOneCall>(1, options), 8);
    EXPECT_EQ(polls().at(0).execution().run_id(), "run-1");
    EXPECT_TRUE(polls().at(0).wait_new_event());
}

TEST_F(Execute, FollowsARunThatContinuesAsNew) {
    auto& event = *next_start("run-1").mutable_perdure_close_event();
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
    event.mutable_workflow_execution_continued_as_new_event_attributes()->set_new_execution_run_id("run-2");
    next_page(completed(9));
    EXPECT_EQ(caller.execute<CountInOneCall>(1, options), 9);
    EXPECT_EQ(polls().at(0).execution().run_id(), "run-2");
}

TEST_F(Execute, ThrowsWhatTheWorkflowFailedWith) {
    auto& event = *next_start("run-1").mutable_perdure_close_event();
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED);
    event.mutable_workflow_execution_terminated_event_attributes()->set_reason("by hand");
    try {
        caller.execute<TickInOneCall>(options);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& thrown) {
        EXPECT_EQ(thrown.workflow_id(), "o-1");
        EXPECT_EQ(thrown.run_id(), "run-1");
        EXPECT_TRUE(thrown.caused_by<terminated_error>());
    }
}

TEST_F(Execute, ThrowsWhyNothingWasStarted) {
    via->server.start_workflow_execution_answers.emplace_back(
        service_failure{.code = status_code::already_exists, .message = "workflow o-1 runs already"});
    EXPECT_THROW((void)caller.execute<CountInOneCall>(1, options), already_started_error);
    options.id.clear();
    EXPECT_THROW((void)caller.execute<CountInOneCall>(1, options), service_error);
    EXPECT_EQ(via->server.start_workflow_execution_requests.size(), 1U) << "the second was not sent";
}

TEST_F(Execute, HasALimitForBothTogether) {
    *next_start("run-1").mutable_perdure_close_event() = completed(7);
    EXPECT_EQ(caller.execute<CountInOneCall>(1, options, 5s), 7);
    ASSERT_EQ(via->later.size(), 1U);
    EXPECT_EQ(via->later.begin()->first, 5s);
}

TEST_F(Execute, WaitsForEverWithoutALimit) {
    for (const auto none : {0s, -1s}) {
        *next_start("run-1").mutable_perdure_close_event() = completed(7);
        EXPECT_EQ(caller.execute<CountInOneCall>(1, options, none), 7);
    }
    EXPECT_TRUE(via->later.empty());
}

}  // namespace
}  // namespace perdure
