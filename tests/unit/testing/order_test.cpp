#include "order_flow.hpp"

namespace shop {
namespace {

using perdure::test::caused_by;
using perdure::test::equals;
using perdure::test::is_cancelled;

class Orders : public perdure::test::every_cache_policy {
  protected:
    Orders() {
        env.add_workflow<OrderWorkflow>();
        env.mock(act::reserve).returns();
        env.mock(act::release).returns();
        env.mock(act::charge).returns(Receipt{.charge_id = "ch-1"});
    }
    Order order{.id = "7", .cents = 4200, .needs_approval = true};
    perdure::test::env env{this};
};
PERDURE_TEST_EVERY_CACHE_POLICY(Orders);

TEST_P(Orders, AnApprovedOrderIsCharged) {
    auto run = env.start<OrderFlow>(order);
    env.advance(48h);
    EXPECT_EQ(run.query(OrderFlow::stage), "awaiting approval");
    EXPECT_TRUE(run.is_running());
    run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
    const Result expected{.stage = "charged", .charge_id = "ch-1"};
    EXPECT_THAT(run.result(), equals(expected));
    EXPECT_EQ(env.elapsed(), 48h);
    EXPECT_EQ(env.calls(), "inventory.reserve payment.charge");
}

TEST_P(Orders, SilenceForThreeDaysReleasesTheHold) {
    auto run = env.start<OrderFlow>(order);
    EXPECT_THAT(run.failure(), caused_by<OrderRejected>());
    EXPECT_EQ(env.calls(), "inventory.reserve inventory.release");
    EXPECT_EQ(env.elapsed(), 72h);
}

TEST_P(Orders, FraudIsNotRetriedAndTheUndoRuns) {
    order.needs_approval = false;
    env.mock(act::charge).fails<FraudSuspected>("stolen card");
    auto run = env.start<OrderFlow>(order);
    EXPECT_THAT(run.failure(), caused_by<FraudSuspected>());
    EXPECT_EQ(env.calls(), "inventory.reserve payment.charge inventory.release");
}

TEST_P(Orders, ADeclinedCardIsTriedFourTimesWithBackoff) {
    order.needs_approval = false;
    env.mock(act::charge).fails_times<CardDeclined>(3, "try again").then_returns(Receipt{.charge_id = "ch-2"});
    auto run = env.start<OrderFlow>(order);
    EXPECT_EQ(run.result().charge_id, "ch-2");
    EXPECT_EQ(env.elapsed(), 1s + 2s + 4s);
}

TEST_P(Orders, ACancelDuringApprovalStillCompensates) {
    auto run = env.start<OrderFlow>(order);
    run.cancel("customer changed her mind");
    EXPECT_THAT(run.failure(), is_cancelled());
    EXPECT_EQ(env.calls(), "inventory.reserve inventory.release");
}

TEST_P(Orders, TheHistoryIsReadable) {
    order.needs_approval = false;
    auto run = env.start<OrderFlow>(order);
    (void)run.result();
    EXPECT_EQ(env.history(run),
              "1 WorkflowExecutionStarted order.fulfil\n"
              "2 WorkflowTaskScheduled\n"
              "3 WorkflowTaskStarted\n"
              "4 WorkflowTaskCompleted\n"
              "5 ActivityTaskScheduled inventory.reserve\n"
              "6 ActivityTaskStarted inventory.reserve\n"
              "7 ActivityTaskCompleted inventory.reserve\n"
              "8 WorkflowTaskScheduled\n"
              "9 WorkflowTaskStarted\n"
              "10 WorkflowTaskCompleted\n"
              "11 ActivityTaskScheduled payment.charge\n"
              "12 ActivityTaskStarted payment.charge\n"
              "13 ActivityTaskCompleted payment.charge\n"
              "14 WorkflowTaskScheduled\n"
              "15 WorkflowTaskStarted\n"
              "16 WorkflowTaskCompleted\n"
              "17 WorkflowExecutionCompleted\n");
}

TEST(OrderCrash, SurvivesTheDeathOfItsWorkerAtEveryEvent) {
    perdure::test::crash_everywhere<OrderFlow>(
        [](perdure::test::env& env) {
            env.add_workflow<OrderWorkflow>();
            env.mock(act::reserve).returns();
            env.mock(act::release).returns();
            env.mock(act::charge).returns(Receipt{.charge_id = "ch-1"});
        },
        Order{.id = "9"}, [](const Result& result) { EXPECT_EQ(result.stage, "charged"); });
}

}  // namespace
}  // namespace shop
