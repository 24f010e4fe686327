#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <perdure/testing.hpp>

#include "order.workflow.hpp"

namespace shop {
namespace {

using namespace std::chrono_literals;

class OrderTest : public perdure::test::every_cache_policy {
  protected:
    OrderTest() {
        env.add_workflow<OrderWorkflow>();
        env.mock(act::validate).returns();
        env.mock(act::reserve).returns();
        env.mock(act::release).returns();
        env.mock(act::charge).returns(Receipt{.charge_id = "ch-1", .channel = "primary"});
        env.mock(act::refund).returns();
        env.mock(act::book).returns(Shipment{.tracking = "T1"});
        env.mock(act::recall).returns();
        env.mock(act::notify).returns();
        env.mock(act::remind).returns();
    }
    Order small{
        .id = "7", .customer = "bob", .email = "bob@example.org", .card = "ok", .lines = {{"sku-1", 2}}, .amount_cents = 4200};
    Order large{
        .id = "8", .customer = "eve", .email = "eve@example.org", .card = "ok", .lines = {{"sku-1", 2}}, .amount_cents = 420'000};
    perdure::test::env env{this};
};
PERDURE_TEST_EVERY_CACHE_POLICY(OrderTest);

TEST_P(OrderTest, SmallOrderShipsWithoutAskingAnybody) {
    auto run = env.start<OrderFlow>(small);
    const OrderResult expected{
        .stage = Stage::shipped, .charge_id = "ch-1", .channel = "primary", .tracking = "T1", .notified = true};
    EXPECT_THAT(run.result(), perdure::test::equals(expected));
    EXPECT_EQ(env.calls(), "order.validate inventory.reserve payment.charge shipping.book customer.notify");
}

TEST_P(OrderTest, LargeOrderShipsAfterApprovalAndKeepsWhoAndWhen) {
    auto run = env.start<OrderFlow>(large);
    env.advance(47h);
    EXPECT_EQ(run.query(OrderFlow::status).stage, Stage::awaiting_approval);
    EXPECT_EQ(run.query(OrderFlow::progress).step, "waiting for approval");
    run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
    EXPECT_EQ(run.result().stage, Stage::shipped);
    const OrderStatus status = run.query(OrderFlow::status);
    ASSERT_EQ(status.decisions.size(), 1U);
    EXPECT_EQ(status.decisions[0].by, "ann");
    EXPECT_FALSE(status.decisions[0].at.empty());
    EXPECT_EQ(status.reminders, 1);
    EXPECT_EQ(env.elapsed(), 47h);
}

TEST_P(OrderTest, SilenceForThreeDaysRemindsTwiceAndReleasesTheHold) {
    auto run = env.start<OrderFlow>(large);
    EXPECT_THAT(run.failure(), perdure::test::caused_by<OrderRejected>());
    EXPECT_EQ(env.calls(), "order.validate inventory.reserve approval.remind approval.remind inventory.release customer.notify");
    EXPECT_EQ(env.elapsed(), 72h);
}

TEST_P(OrderTest, RefusalUndoesTheReservation) {
    auto run = env.start<OrderFlow>(large);
    run.signal(OrderFlow::approval, Approval{.granted = false, .by = "carl"});
    EXPECT_THAT(run.failure(), perdure::test::caused_by<OrderRejected>());
    EXPECT_EQ(run.query(OrderFlow::status).stage, Stage::undone);
}

TEST_P(OrderTest, FraudIsNotRetriedAndUndoRunsInReverse) {
    env.mock(act::charge).fails<FraudSuspected>("stolen card");
    auto run = env.start<OrderFlow>(small);
    EXPECT_THAT(run.failure(), perdure::test::caused_by<FraudSuspected>());
    EXPECT_EQ(env.calls(), "order.validate inventory.reserve payment.charge payment.refund inventory.release customer.notify");
}

TEST_P(OrderTest, DeclinedCardIsTriedAgainWithBackoff) {
    env.mock(act::charge)
        .fails_times<CardDeclined>(3, "try again")
        .then_returns(Receipt{.charge_id = "ch-2", .channel = "primary"});
    auto run = env.start<OrderFlow>(small);
    EXPECT_EQ(run.result().charge_id, "ch-2");
    EXPECT_EQ(env.elapsed(), 200ms + 400ms + 800ms);
}

TEST_P(OrderTest, FirstChannelDownIsVoidedBeforeTheSecondIsAsked) {
    env.mock(act::charge).fails_times<ChannelDown>(5, "503").then_returns(Receipt{.charge_id = "ch-3", .channel = "backup"});
    auto run = env.start<OrderFlow>(small);
    EXPECT_EQ(run.result().channel, "backup");
    EXPECT_THAT(env.calls(), testing::HasSubstr("payment.charge payment.refund payment.charge shipping.book"));
}

TEST_P(OrderTest, ShipmentRefusedAfterPaymentGivesTheMoneyBack) {
    env.mock(act::book).fails<ShipmentRefused>("nobody goes there");
    auto run = env.start<OrderFlow>(small);
    EXPECT_THAT(run.failure(), perdure::test::caused_by<ShipmentRefused>());
    EXPECT_EQ(env.calls(),
              "order.validate inventory.reserve payment.charge shipping.book shipping.recall payment.refund inventory.release "
              "customer.notify");
}

TEST_P(OrderTest, BouncedMailDoesNotFailTheOrder) {
    env.mock(act::notify).fails<MailBounced>("no such mailbox");
    auto run = env.start<OrderFlow>(small);
    const OrderResult result = run.result();
    EXPECT_EQ(result.stage, Stage::shipped);
    EXPECT_FALSE(result.notified);
}

TEST_P(OrderTest, CancelDuringApprovalStillCompensates) {
    auto run = env.start<OrderFlow>(large);
    run.cancel("customer changed her mind");
    EXPECT_THAT(run.failure(), perdure::test::is_cancelled());
    EXPECT_EQ(env.calls(), "order.validate inventory.reserve inventory.release customer.notify");
}

TEST(OrderCrash, SurvivesACrashAtEveryEvent) {
    const Order order{.id = "9", .customer = "zoe", .card = "ok", .lines = {{"sku-1", 1}}, .amount_cents = 100};
    perdure::test::crash_everywhere<OrderFlow>(
        [](perdure::test::env& env) {
            env.add_workflow<OrderWorkflow>();
            env.mock(act::validate).returns();
            env.mock(act::reserve).returns();
            env.mock(act::charge).returns(Receipt{.charge_id = "ch-1", .channel = "primary"});
            env.mock(act::book).returns(Shipment{.tracking = "T1"});
            env.mock(act::notify).returns();
        },
        order, [](const OrderResult& result) { EXPECT_EQ(result.stage, Stage::shipped); });
}

}  // namespace
}  // namespace shop
