#include <gtest/gtest-spi.h>

#include <stdexcept>

#include "order_flow.hpp"

namespace shop {
namespace {

using ::testing::HasSubstr;

struct Fragile : perdure::contract<Fragile, "fragile", int()> {};

perdure::task<int> break_down(perdure::context ctx) {
    co_await ctx.sleep(1h);
    throw std::out_of_range("index 7");
}
inline constexpr auto break_down_def = perdure::define_function<Fragile>(&break_down);

TEST(Trouble, AnOrdinaryExceptionInWorkflowCodeEndsTheTestAtOnceAndSaysWhatToThrow) {
    perdure::test::env env;
    env.add_workflow(break_down_def);
    auto run = env.start<Fragile>();
    try {
        (void)run.result();
        FAIL() << "it succeeded";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("index 7"));
        EXPECT_THAT(error.what(), HasSubstr("perdure::application_error"));
    }
    EXPECT_EQ(env.elapsed(), 1h);
}

TEST(Trouble, TaskFailuresMayBeWhatATestIsAbout) {
    perdure::test::env env;
    env.allow_task_failures();
    env.add_workflow(break_down_def);
    auto run = env.start<Fragile>();
    env.advance(2h);
    EXPECT_TRUE(run.is_running());
    ASSERT_FALSE(env.task_failures().empty());
    EXPECT_THAT(env.task_failures()[0], HasSubstr("index 7"));
}

struct Waiter : perdure::contract<Waiter, "waiter", int()> {
    static constexpr signal<"go"> go{};
};
class WaiterWorkflow final : public perdure::implements<Waiter> {
  public:
    static constexpr auto definition() {
        return perdure::define<WaiterWorkflow>(&WaiterWorkflow::run).on(Waiter::go, &WaiterWorkflow::go);
    }

  private:
    perdure::task<int> run(perdure::context ctx) {
        co_await ctx.wait_until([this] { return gone_; });
        co_return 1;
    }
    void go() { gone_ = true; }
    bool gone_ = false;
};

TEST(Trouble, AWorkflowThatNothingCanWakeIsToldWithItsHistory) {
    perdure::test::env env;
    env.add_workflow<WaiterWorkflow>();
    auto run = env.start<Waiter>();
    try {
        (void)run.result();
        FAIL() << "it ended";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("does not come to an end"));
        EXPECT_THAT(error.what(), HasSubstr("1 WorkflowExecutionStarted waiter"));
    }
    run.signal(Waiter::go);
    EXPECT_EQ(run.result(), 1);
}

struct Moody : perdure::contract<Moody, "moody", int()> {};
inline constexpr perdure::activity<"a", void()> act_a{};
inline constexpr perdure::activity<"b", void()> act_b{};
bool mood = false;
perdure::task<int> be_moody(perdure::context ctx) {
    if (mood) {
        co_await ctx.call(act_a, quick);
    } else {
        co_await ctx.call(act_b, quick);
    }
    co_return 1;
}
inline constexpr auto moody_def = perdure::define_function<Moody>(&be_moody);

TEST(Trouble, CodeThatGivesOtherCommandsOnReplayIsFoundAtTheEnd) {
    mood = false;
    ::testing::TestPartResultArray found;
    {
        const ::testing::ScopedFakeTestPartResultReporter intercept(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
        perdure::test::env env;
        env.add_workflow(moody_def);
        env.mock(act_a).returns();
        env.mock(act_b).returns();
        auto run = env.start<Moody>();
        EXPECT_EQ(run.result(), 1);
        mood = true;
    }
    ASSERT_EQ(found.size(), 1);
    EXPECT_THAT(found.GetTestPartResult(0).message(), HasSubstr("does not replay"));
}

TEST(Trouble, AWorkersDeathLosesNothing) {
    perdure::test::env env;
    env.add_workflow<OrderWorkflow>();
    env.mock(act::reserve).returns();
    env.mock(act::charge).returns(Receipt{.charge_id = "after"}).takes(5s);
    auto run = env.start<OrderFlow>(Order{.id = "1"});
    env.crash_worker();
    EXPECT_EQ(run.result().charge_id, "after");
    EXPECT_EQ(env.calls(), "inventory.reserve payment.charge payment.charge");
}

}  // namespace
}  // namespace shop
