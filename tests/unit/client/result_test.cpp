#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "scripted_connection.hpp"

namespace perdure {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct CountFlow : contract<CountFlow, "order.fulfil", int()> {};
struct Declined : app_error<Declined, "Declined"> {
    using app_error::app_error;
};

class Result : public ::testing::Test {
  protected:
    using page = pb::service::GetWorkflowExecutionHistoryResponse;

    page& next_page() { return *via->server.get_workflow_execution_history_answers.emplace_back(page()); }
    pb::history::HistoryEvent& next_event(pb::enums::EventType type) {
        auto& event = *next_page().mutable_history()->add_events();
        event.set_event_type(type);
        return event;
    }
    void next_completion(int value) {
        *next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
             .mutable_workflow_execution_completed_event_attributes()
             ->mutable_result() = to_payloads(value);
    }
    const auto& asked(std::size_t index) const { return via->server.get_workflow_execution_history_requests.at(index); }

    std::shared_ptr<detail::scripted_connection> via = std::make_shared<detail::scripted_connection>();
    run_handle<CountFlow> run = client(via).attach<CountFlow>("o-1", "run-1");
};

TEST_F(Result, WaitsForTheClosingEventPageAfterPage) {
    next_page().set_next_page_token("still running");
    next_completion(7);
    EXPECT_EQ(run.result(), 7);
    EXPECT_TRUE(asked(0).wait_new_event());
    EXPECT_EQ(asked(0).history_event_filter_type(), pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    EXPECT_EQ(asked(0).execution().run_id(), "run-1");
    EXPECT_EQ(asked(1).next_page_token(), "still running");
}

TEST_F(Result, FollowsContinuationsAndRetries) {
    next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
        .mutable_workflow_execution_continued_as_new_event_attributes()
        ->set_new_execution_run_id("run-2");
    next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
        .mutable_workflow_execution_failed_event_attributes()
        ->set_new_execution_run_id("run-3");
    next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT)
        .mutable_workflow_execution_timed_out_event_attributes()
        ->set_new_execution_run_id("run-4");
    next_completion(1);
    EXPECT_EQ(run.result(), 1);
    EXPECT_EQ(asked(1).execution().run_id(), "run-2");
    EXPECT_EQ(asked(2).execution().run_id(), "run-3");
    EXPECT_EQ(asked(3).execution().run_id(), "run-4");
}

TEST_F(Result, OfAFailureIsThrownWithItsTypedChain) {
    auto& failure = *next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
                         .mutable_workflow_execution_failed_event_attributes()
                         ->mutable_failure();
    failure = make_activity_failure({.activity_type = "payment.charge"},
                                    make_application_failure({.type = "Declined", .message = "no money"}));
    try {
        (void)run.result();
        FAIL() << "it succeeded";
    } catch (const workflow_failure& thrown) {
        EXPECT_EQ(thrown.workflow_id(), "o-1");
        EXPECT_TRUE(thrown.caused_by<activity_failure>());
        ASSERT_TRUE(thrown.caused_by<Declined>());
        EXPECT_EQ(thrown.cause_as<Declined>()->message(), "no money");
    }
}

TEST_F(Result, OtherEndsAreFailuresOfTheirOwnKind) {
    next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED).mutable_workflow_execution_canceled_event_attributes();
    auto& terminated =
        *next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED).mutable_workflow_execution_terminated_event_attributes();
    terminated.set_reason("by hand");
    next_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT).mutable_workflow_execution_timed_out_event_attributes();
    const auto why = [&]() -> workflow_failure {
        try {
            (void)run.result();
        } catch (const workflow_failure& thrown) {
            return thrown;
        }
        throw std::logic_error("it succeeded");
    };
    EXPECT_TRUE(why().caused_by<cancelled_error>());
    const workflow_failure second = why();
    EXPECT_TRUE(second.caused_by<terminated_error>());
    EXPECT_THAT(second.what(), HasSubstr("by hand"));
    EXPECT_TRUE(why().caused_by<timeout_error>());
}

TEST_F(Result, OfARunThatIsGoneIsARefusal) {
    via->server.get_workflow_execution_history_answers.emplace_back(
        service_failure{.code = status_code::not_found, .message = "workflow o-1 does not exist"});
    EXPECT_THROW((void)run.result(), not_found_error);
}

TEST_F(Result, APatienceThatIsOverEndsTheWaitingAndNotTheRun) {
    // The server answers nothing: the wait is begun asynchronously and its timer is fired by hand.
    std::exception_ptr ended;
    int ends = 0;
    via->server.get_workflow_execution_history_answers.emplace_back(
        service_failure{.code = status_code::unavailable, .message = "late"});
    detail::result_call(run.untyped().target(), 5s, [&](std::exception_ptr thrown, std::vector<raw_payload>) {
        ended = std::move(thrown);
        ++ends;
    });
    // The refusal came first; the timer finds the waiting over and says nothing.
    ASSERT_EQ(via->later.size(), 1U);
    EXPECT_EQ(via->later.begin()->first, 5s);
    via->later.begin()->second();
    EXPECT_EQ(ends, 1);
    EXPECT_THROW(std::rethrow_exception(ended), unavailable_error);
}

}  // namespace
}  // namespace perdure
