#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <perdure/activity_asio.hpp>

#include "world.hpp"

namespace perdure {
namespace {

using ::testing::HasSubstr;

struct Once : contract<Once, "once", void(int)> {};
inline constexpr activity_options patient{
    .timeouts = start_to_close(30s), .retry = {.initial = 20ms, .max_attempts = 3}, .heartbeat = 20s};
task<void> once(context ctx, int value) { co_await ctx.call(wait_long, value, patient); }
inline constexpr auto once_def = define_function<Once>(&once);

class Activities : public world {
  protected:
    template <class F>
    void serve_once(F activity) {
        serving.emplace(caller, options());
        serving->add_workflow(once_def);
        serving->add_activity(wait_long, std::move(activity));
        serving->start();
    }
    client caller = connect();
    std::optional<worker> serving;
};

TEST_F(Activities, ACancelReachesARunningActivityWithoutAHeartbeat) {
    event running;
    event stopped;
    serve_once([&](activity_context& a, int) {
        running.set();
        a.sleep(60s);
        stopped.set();
    });
    const auto run = caller.start<Once>(1, named("cancel"));
    ASSERT_TRUE(running.wait());
    const auto asked = std::chrono::steady_clock::now();
    run.cancel("price changed");
    try {
        run.result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_TRUE(failed.caused_by<cancelled_error>());
    }
    // Milliseconds on an idle machine; seconds are allowed for one that runs other tests. A heartbeat would take 16.
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 5s);
    EXPECT_FALSE(stopped.wait(0ms));
}

TEST_F(Activities, TheNextAttemptGetsTheLastDetails) {
    std::atomic<int> seen{0};
    serve_once([&](activity_context& a, int) {
        if (a.attempt() == 1) {
            a.heartbeat(1);
            a.heartbeat(2);
            throw std::runtime_error("half way");
        }
        seen = a.last_heartbeat<int>().value_or(-1);
    });
    caller.start<Once>(1, named("heartbeat")).result(20s);
    EXPECT_EQ(seen, 2);
}

TEST_F(Activities, WhateverIsThrownIsRetriedAsThePolicySays) {
    std::atomic<int> attempts{0};
    serve_once([&](int) {
        ++attempts;
        throw 42;
    });
    try {
        caller.start<Once>(1, named("throwing")).result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_TRUE(failed.caused_by<activity_failure>());
        EXPECT_THAT(failed.what(), HasSubstr("int"));
    }
    EXPECT_EQ(attempts, 3);
}

TEST_F(Activities, MayBeAwaitedInGreatNumbersWithoutThreads) {
    worker_options given = options();
    given.activity_threads = 1;
    given.max_activities = 100;
    serving.emplace(caller, given);
    serving->add_workflow(once_def);
    serving->add_activity(wait_long, [](int value) -> boost::asio::awaitable<void> {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::milliseconds(value));
        co_await timer.async_wait(boost::asio::use_awaitable);
    });
    serving->start();
    std::vector<run_handle<Once>> runs;
    for (int index = 0; index < 30; ++index) runs.push_back(caller.start<Once>(500, named("awaited-" + std::to_string(index))));
    const auto began = std::chrono::steady_clock::now();
    for (const auto& run : runs) run.result(30s);
    // One after the other they would take 15 seconds.
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

TEST_F(Activities, OneThatWasAlwaysBriefMayBlockAndStillHoldsUpNobody) {
    event blocked;
    event release;
    serve_once([&](int value) {
        if (value >= 0) return;
        blocked.set();
        (void)release.wait();
    });
    // Until the worker takes it for one that needs no thread of its own.
    for (int value = 0; value < 40; ++value) caller.start<Once>(value, named("brief-" + std::to_string(value))).result(20s);
    const auto slow = caller.start<Once>(-1, named("slow"));
    ASSERT_TRUE(blocked.wait());
    caller.start<Once>(1, named("beside")).result(20s);
    release.set();
    slow.result(20s);
}

TEST_F(Activities, MayBeCompletedFromElsewhere) {
    std::mutex mutex;
    std::string token;
    event left;
    serve_once([&](activity_context& a, int) {
        {
            const std::lock_guard lock(mutex);
            token = a.info().task_token;
        }
        a.complete_later();
        left.set();
    });
    const auto run = caller.start<Once>(1, named("elsewhere"));
    ASSERT_TRUE(left.wait());
    {
        const std::lock_guard lock(mutex);
        caller.complete_activity(token);
    }
    run.result(20s);
    EXPECT_THROW(caller.complete_activity(token), not_found_error);
}

TEST_F(Activities, AStopWaitsForThemAndTheirAnswersCount) {
    event running;
    event may_end;
    serve_once([&](int) {
        running.set();
        (void)may_end.wait();
    });
    const auto run = caller.start<Once>(1, named("drained"));
    ASSERT_TRUE(running.wait());
    std::thread stopping([&] { serving->stop(); });
    ASSERT_TRUE(eventually([&] { return was_said("draining"); }));
    may_end.set();
    stopping.join();
    const auto described = run.describe();
    EXPECT_TRUE(described.pending_activities.empty()) << "the result got through before the worker left";
}

TEST_F(Activities, AnUnknownOneIsToldWithThoseThatAreKnownAndStaysPending) {
    serving.emplace(caller, options());
    serving->add_workflow(once_def);
    serving->add_activity(double_it, [](int value) { return value; });
    serving->start();
    const auto run = caller.start<Once>(1, named("unknown"));
    EXPECT_TRUE(eventually([&] { return was_said("this worker has no activity \"wait\""); }));
    try {
        run.result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_THAT(failed.what(), HasSubstr("it has: double"));
    }
}

inline constexpr activity_options once_an_hour{.timeouts = start_to_close(30s), .retry = {.initial = 1h, .max_interval = 1h}};
struct Rare : contract<Rare, "rare", void()> {};
task<void> rare(context ctx) { co_await ctx.call(wait_long, 1, once_an_hour); }
inline constexpr auto rare_def = define_function<Rare>(&rare);

TEST_F(Activities, AnUnknownOneIsSeenInTheDescriptionWhileItWaitsForItsNextAttempt) {
    serving.emplace(caller, options());
    serving->add_workflow(rare_def);
    serving->add_activity(double_it, [](int value) { return value; });
    serving->start();
    const auto run = caller.start<Rare>(named("rare"));
    run_description seen;
    EXPECT_TRUE(eventually([&] {
        seen = run.describe();
        return seen.pending_activities.size() == 1 && seen.pending_activities[0].attempt == 2;
    }));
    ASSERT_EQ(seen.pending_activities.size(), 1U);
    EXPECT_THAT(seen.pending_activities[0].last_failure, HasSubstr("it has: double"));
    run.terminate("seen enough");
}

struct Stubborn : contract<Stubborn, "stubborn", void()> {};
inline constexpr activity_options short_of_time{.timeouts = start_to_close(300ms), .retry = {.max_attempts = 1}};
task<void> stubborn(context ctx) { co_await ctx.call(wait_long, 1, short_of_time); }
inline constexpr auto stubborn_def = define_function<Stubborn>(&stubborn);

TEST_F(Activities, OneThatIgnoresItsCancelEndsByItsTimeoutAndItsLateAnswerHasNoEffect) {
    event running;
    event may_end;
    serving.emplace(caller, options());
    serving->add_workflow(stubborn_def);
    serving->add_activity(wait_long, [&](int) {
        running.set();
        (void)may_end.wait();
    });
    serving->start();
    const auto run = caller.start<Stubborn>(named("stubborn"));
    ASSERT_TRUE(running.wait());
    run.cancel("price changed");
    try {
        run.result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_TRUE(failed.caused_by<timeout_error>()) << failed.what();
    }
    may_end.set();
    EXPECT_TRUE(eventually([&] { return was_said("was refused"); }));
    EXPECT_EQ(run.describe().status, "Failed");
}

inline constexpr activity<"make", std::string(int)> make_text{};
struct Making : contract<Making, "making", void()> {};
task<void> make_large(context ctx) { (void)co_await ctx.call(make_text, 1, quick); }
inline constexpr auto making_def = define_function<Making>(&make_large);

TEST_F(Activities, AResultThatIsTooLargeForTheServerFailsForGoodAndSaysSo) {
    std::atomic<int> attempts{0};
    serving.emplace(caller, options());
    serving->add_workflow(making_def);
    serving->add_activity(make_text, [&](int) {
        ++attempts;
        return std::string(3U << 20U, 'x');
    });
    serving->start();
    try {
        caller.start<Making>(named("making")).result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_THAT(failed.what(), HasSubstr("exceeds size limit"));
    }
    EXPECT_EQ(attempts, 1);
}

TEST_F(Activities, OneThatBlocksAfterManyShortOnesHoldsUpNoOther) {
    std::atomic<int> runs{0};
    event others_are_done;
    std::atomic<bool> was_let_go{false};
    serve_once([&](int value) {
        ++runs;
        if (value < 0) was_let_go = others_are_done.wait();
    });
    for (int index = 0; index < 40; ++index) caller.start<Once>(1, named("short-" + std::to_string(index))).result(20s);
    // They come together, and so wait for each other until one of them has shown that it is not short.
    std::vector<run_handle<Once>> together;
    for (int index = 0; index < 40; ++index)
        together.push_back(caller.start<Once>(index == 5 ? -1 : 1, named("together-" + std::to_string(index))));
    for (int index = 0; index < 40; ++index)
        if (index != 5) together[static_cast<std::size_t>(index)].result(20s);
    others_are_done.set();
    together[5].result(20s);
    EXPECT_TRUE(was_let_go);
    EXPECT_EQ(runs, 80);
}

}  // namespace
}  // namespace perdure
