#include "order_flow.hpp"

namespace shop {
namespace {

using perdure::test::caused_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Mocks : public ::testing::Test {
  protected:
    Mocks() {
        env.add_workflow<OrderWorkflow>();
        env.mock(act::reserve).returns();
        env.mock(act::release).returns();
    }
    Order order{.id = "7", .cents = 4200};
    perdure::test::env env;
};

TEST_F(Mocks, MayDoWhatAFunctionDoesAndKeepWhatTheyWereCalledWith) {
    auto charge = env.mock(act::charge).does([](perdure::activity_context& a, const Order& given) {
        return Receipt{given.id + "/" + std::to_string(a.attempt())};
    });
    EXPECT_EQ(env.start<OrderFlow>(order).result().charge_id, "7/1");
    EXPECT_EQ(charge.calls(), 1);
    EXPECT_EQ(charge.inputs().at(0).cents, 4200);
}

TEST_F(Mocks, TakeTheirTimeOnTheVirtualClock) {
    env.mock(act::charge).returns(Receipt{.charge_id = "slow"}).takes(15s);
    EXPECT_EQ(env.start<OrderFlow>(order).result().charge_id, "slow");
    EXPECT_EQ(env.elapsed(), 15s);
}

TEST_F(Mocks, ThatTakeLongerThanTheTimeoutAreTimedOutAndTriedAgain) {
    env.mock(act::charge).returns(Receipt{.charge_id = "late"}).takes(1min).times(1).then_returns(Receipt{.charge_id = "second"});
    EXPECT_EQ(env.start<OrderFlow>(order).result().charge_id, "second");
    EXPECT_EQ(env.elapsed(), 20s + 1s);
}

TEST_F(Mocks, ThatHangAreEndedByACancel) {
    env.mock(act::charge).hangs();
    auto run = env.start<OrderFlow>(order);
    run.cancel("enough");
    EXPECT_THAT(run.failure(), perdure::test::is_cancelled());
    EXPECT_EQ(env.elapsed(), 0s);
}

TEST_F(Mocks, TheLastStepOfAScriptIsRepeated) {
    env.mock(act::charge).fails<CardDeclined>("no");
    EXPECT_THAT(env.start<OrderFlow>(order).failure(), caused_by<CardDeclined>());
    EXPECT_EQ(env.calls(), "inventory.reserve payment.charge payment.charge payment.charge payment.charge inventory.release");
}

TEST_F(Mocks, AnActivityThatNobodyRunsEndsTheTestWithItsName) {
    try {
        auto run = env.start<OrderFlow>(order);
        (void)run.result();
        FAIL() << "it ran";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("nobody runs the activity \"payment.charge\""));
    }
}

TEST_F(Mocks, RealActivitiesMayBeUsedToo) {
    env.add_activity(act::charge, [](const Order& given) { return Receipt{"real-" + given.id}; });
    EXPECT_EQ(env.start<OrderFlow>(order).result().charge_id, "real-7");
}

TEST(ActivityEnv, RunsOneActivityWithItsHeartbeats) {
    perdure::test::activity_env env;
    constexpr perdure::activity<"count", int(int)> count{};
    const auto counting = [](perdure::activity_context& a, int upto) {
        int done = a.last_heartbeat<int>().value_or(0);
        for (; done < upto; ++done) a.heartbeat(done + 1);
        return done;
    };
    EXPECT_EQ(env.last_heartbeat(2).run(count, counting, 4), 4);
    EXPECT_THAT(env.heartbeats<int>(), ElementsAre(3, 4));
}

TEST(ActivityEnv, StopsItAfterSoManyHeartbeats) {
    perdure::test::activity_env env;
    constexpr perdure::activity<"loop", void()> loop{};
    const auto forever = [](perdure::activity_context& a) {
        for (int step = 1;; ++step) {
            a.heartbeat(step);
            a.throw_if_stopped();
        }
    };
    EXPECT_THROW(env.stop_after(3).run(loop, forever), perdure::cancelled_error);
    EXPECT_THAT(env.heartbeats<int>(), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace shop
