#include <chrono>

#include "order_flow.hpp"

namespace shop {
namespace {

struct Reminders : perdure::contract<Reminders, "reminders", int(int)> {
    static constexpr query<"sent", int()> sent{};
};
inline constexpr perdure::activity<"remind", void(int)> remind{};

class ReminderWorkflow final : public perdure::implements<Reminders> {
  public:
    static constexpr auto definition() {
        return perdure::define<ReminderWorkflow>(&ReminderWorkflow::run).on(Reminders::sent, &ReminderWorkflow::sent);
    }

  private:
    perdure::task<int> run(perdure::context ctx, int days) {
        while (sent_ < days) {
            co_await ctx.sleep(24h);
            co_await ctx.call(remind, sent_, quick);
            ++sent_;
        }
        co_return sent_;
    }
    int sent() const { return sent_; }
    int sent_ = 0;
};

class Time : public perdure::test::every_cache_policy {
  protected:
    Time() {
        env.add_workflow<ReminderWorkflow>();
        env.mock(remind).returns();
    }
    perdure::test::env env{this};
};
PERDURE_TEST_EVERY_CACHE_POLICY(Time);

TEST_P(Time, AMonthPassesInMilliseconds) {
    const auto began = std::chrono::steady_clock::now();
    auto run = env.start<Reminders>(30);
    EXPECT_EQ(run.result(), 30);
    EXPECT_EQ(env.elapsed(), 30 * 24h);
    // Generous: sanitizers and a busy machine are allowed for; without skipping it would be a month.
    EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
}

TEST_P(Time, PassesWhileCodeUnderTestAwaitsAWorkflow) {
    const int sent = env.client().execute<Reminders>(2, {.id = "reminders-1", .task_queue = "test"});
    EXPECT_EQ(sent, 2);
    EXPECT_GE(env.elapsed(), 2 * 24h);
}

TEST_P(Time, PassesOnlyAsFarAsItIsTold) {
    auto run = env.start<Reminders>(30);
    env.advance(24h * 10 - 1ms);
    EXPECT_EQ(run.query(Reminders::sent), 9);
    env.advance(1ms);
    EXPECT_EQ(run.query(Reminders::sent), 10);
    run.terminate("enough");
    EXPECT_FALSE(run.is_running());
}

TEST_P(Time, AClientThatWaitsForAResultMovesIt) {
    auto run = env.start<Reminders>(3, {.id = "by-name"});
    EXPECT_EQ(env.client().attach<Reminders>("by-name").result(), 3);
    EXPECT_EQ(env.elapsed(), 72h);
}

TEST_P(Time, AClientsPatienceIsVirtualToo) {
    auto run = env.start<Reminders>(30, {.id = "by-name"});
    EXPECT_THROW((void)env.client().attach<Reminders>("by-name").result(100h), perdure::deadline_error);
    EXPECT_EQ(env.elapsed(), 100h);
}

TEST(Seed, DecidesTheIds) {
    const auto run_id = [](std::uint64_t seed) {
        perdure::test::env env({.seed = seed});
        env.add_workflow<ReminderWorkflow>();
        env.mock(remind).returns();
        return env.start<Reminders>(1).run_id();
    };
    EXPECT_EQ(run_id(5), run_id(5));
    EXPECT_NE(run_id(5), run_id(6));
}

}  // namespace
}  // namespace shop
