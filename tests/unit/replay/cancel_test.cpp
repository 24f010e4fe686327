#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

struct CancelFlow : perdure::contract<CancelFlow, "cancel", std::string(std::string)> {
    static constexpr signal<"go"> go{};
};

class Cancel final : public perdure::implements<CancelFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Cancel>(&Cancel::run).on(CancelFlow::go, &Cancel::go_); }

  private:
    perdure::task<std::string> run(perdure::context ctx, std::string what) {
        if (what == "timer") co_await ctx.sleep(1h);
        if (what == "wait") co_await ctx.call(work, 1, quick);
        if (what == "try") co_await ctx.call(work, 1, hasty);
        if (what == "abandon") co_await ctx.call(work, 1, aloof);
        if (what == "condition") co_await ctx.wait_until([] { return false; });
        if (what == "receive") co_await ctx.receive(go_);
        if (what == "cleanup") co_return co_await clean(ctx);
        if (what == "watch") co_return co_await watch(ctx);
        if (what == "scope") co_return co_await scoped(ctx);
        if (what == "deadline") co_return co_await deadline(ctx);
        if (what == "spin") co_return co_await spin(ctx);
        if (what == "shield") co_return co_await shield(ctx);
        if (what == "handle") co_return co_await branch(ctx);
        co_return "done";
    }
    perdure::task<std::string> clean(perdure::context ctx) {
        auto done = co_await perdure::outcome_of(ctx.sleep(1h));
        if (!done.cancelled()) co_return "not cancelled";
        const int n = co_await ctx.shielded().ctx().call(work, 9, quick);
        co_return "cleaned " + std::to_string(n) + (ctx.stop_requested() ? " stopped" : "");
    }
    perdure::task<std::string> watch(perdure::context ctx) {
        const auto first = co_await perdure::race{ctx.cancelled(), ctx.receive(go_)};
        co_return first.index() == 0 ? "cancelled" : "went";
    }
    perdure::task<std::string> scoped(perdure::context ctx) {
        const perdure::scope inner = ctx.open_scope();
        auto slow = inner.ctx().sleep(1h);
        auto call = inner.ctx().call(work, 1, hasty);
        auto outside = ctx.sleep(1s);
        co_await ctx.receive(go_);
        inner.cancel("not needed");
        std::string text;
        const auto timer = co_await perdure::outcome_of(slow);
        const auto activity = co_await perdure::outcome_of(call);
        const auto late = co_await perdure::outcome_of(inner.ctx().sleep(1s));
        text = std::string(timer.cancelled() ? "t" : "-") + (activity.cancelled() ? "a" : "-") + (late.cancelled() ? "n" : "-");
        co_await outside;
        co_return text;
    }
    perdure::task<std::string> deadline(perdure::context ctx) {
        const perdure::context brisk = ctx.with_deadline(2min);
        const auto call = co_await perdure::outcome_of(brisk.call(work, 1, hasty));
        co_return call.cancelled() ? "too late" : "in time";
    }
    perdure::task<std::string> spin(perdure::context ctx) {
        for (;;) {
            const auto done = co_await perdure::outcome_of(ctx.sleep(1h));
            if (done) co_return "slept";
        }
    }
    perdure::task<std::string> shield(perdure::context ctx) {
        const perdure::shielded_context calm = ctx.shielded();
        const auto both = co_await perdure::when_all{careful(calm), careful(calm)};
        co_return std::to_string(std::get<0>(both) + std::get<1>(both));
    }
    perdure::task<int> careful(perdure::shielded_context calm) { co_return co_await calm.ctx().call(work, 2, quick); }
    perdure::task<std::string> branch(perdure::context ctx) {
        auto sleeper = ctx.spawn(nap(ctx));
        co_await ctx.receive(go_);
        sleeper.cancel("wake up");
        const auto done = co_await perdure::outcome_of(sleeper.join());
        co_return done.cancelled() ? "woken" : "slept";
    }
    perdure::task<void> nap(perdure::context ctx) { co_await ctx.sleep(1h); }

    perdure::mailbox<void> go_;
};

TEST(Cancel, ATimerIsCancelledAtOnce) {
    tell<Cancel>([](story& s) {
        s.start(std::string("timer")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), "cancel-timer #1\ncancelled");
    });
}

TEST(Cancel, ByDefaultAnActivityIsWaitedFor) {
    tell<Cancel>([](story& s) {
        s.start(std::string("wait")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), "cancel-activity");
        s.acknowledge_cancel(1);
        EXPECT_EQ(s.task(), "cancelled");
    });
}

TEST(Cancel, AnActivityThatSucceedsInSpiteOfTheCancelHasSucceeded) {
    tell<Cancel>([](story& s) {
        s.start(std::string("wait")).task();
        s.cancel("enough").task();
        s.complete(1, 5);
        EXPECT_EQ(s.task(), R"(complete "done")");
    });
}

TEST(Cancel, TryCancelDoesNotWait) {
    tell<Cancel>([](story& s) {
        s.start(std::string("try")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), "cancel-activity\ncancelled");
    });
}

TEST(Cancel, AbandonAsksNothing) {
    tell<Cancel>([](story& s) {
        s.start(std::string("abandon")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), "cancelled");
    });
}

TEST(Cancel, ConditionsAndReceivesAreCancelled) {
    for (const char* what : {"condition", "receive"}) {
        tell<Cancel>([what](story& s) {
            s.start(std::string(what)).task();
            s.cancel("enough");
            EXPECT_EQ(s.task(), "cancelled");
        });
    }
}

TEST(Cancel, ACancelOfWhatTheSameTaskBringsToAnEndIsNotSent) {
    story s(detail::make_workflow_type<Cancel>(), story_mode::cached);
    s.start(std::string("try")).task();
    s.cancel("enough").complete(1, 3);
    EXPECT_EQ(s.task(), "cancelled");
    EXPECT_EQ(s.replay(), "");
    story timer(detail::make_workflow_type<Cancel>(), story_mode::cached);
    timer.start(std::string("timer")).task();
    timer.cancel("enough").fire(1);
    EXPECT_EQ(timer.task(), "cancelled");
    EXPECT_EQ(timer.replay(), "");
}

TEST(Cancel, WhatHasNotBeenSentIsTakenBack) {
    story s(detail::make_workflow_type<Cancel>(), story_mode::cached);
    s.start(std::string("timer")).cancel("before anything was sent");
    EXPECT_EQ(s.task(), "cancelled");
    EXPECT_EQ(s.replay(), "");
}

TEST(Cancel, ShieldedWorkGoesOn) {
    tell<Cancel>([](story& s) {
        s.start(std::string("cleanup")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), "cancel-timer #1\nactivity work #1 9");
        s.complete(1, 4);
        EXPECT_EQ(s.task(), R"(complete "cleaned 4 stopped")");
    });
}

TEST(Cancel, TheCancellationItselfCanBeAwaited) {
    tell<Cancel>([](story& s) {
        s.start(std::string("watch")).task();
        s.cancel("enough");
        EXPECT_EQ(s.task(), R"(complete "cancelled")");
    });
}

TEST(Cancel, AScopeEndsWhatBelongsToItAndNothingElse) {
    tell<Cancel>([](story& s) {
        s.start(std::string("scope"));
        EXPECT_EQ(s.task(), "timer #1 3600000ms\nactivity work #1 1\ntimer #2 1000ms");
        s.signal("go");
        EXPECT_EQ(s.task(), "cancel-timer #1\ncancel-activity");
        s.fire(2);
        EXPECT_EQ(s.task(), R"(complete "tan")");
    });
}

TEST(Cancel, ADeadlineCancelsItsScope) {
    tell<Cancel>([](story& s) {
        s.start(std::string("deadline"));
        EXPECT_EQ(s.task(), "timer #1 120000ms\nactivity work #1 1");
        s.fire(1);
        EXPECT_EQ(s.task(), "cancel-activity\ncomplete \"too late\"");
    });
}

TEST(Cancel, ALoopThatSwallowsTheErrorFailsTheTask) {
    story s(detail::make_workflow_type<Cancel>(), story_mode::cached);
    s.start(std::string("spin")).task();
    s.cancel("enough");
    EXPECT_NE(s.failing_task().find("100 operations in a row were refused"), std::string::npos);
}

TEST(Cancel, BranchesInsideAShieldAreShielded) {
    tell<Cancel>([](story& s) {
        s.start(std::string("shield"));
        EXPECT_EQ(s.task(), "activity work #1 2\nactivity work #2 2");
        s.cancel("enough");
        EXPECT_EQ(s.task(), "");
        s.complete(2, 4).complete(1, 3);
        EXPECT_EQ(s.task(), R"(complete "7")");
    });
}

TEST(Cancel, AHandleCancelsItsBranch) {
    tell<Cancel>([](story& s) {
        s.start(std::string("handle")).task();
        s.signal("go");
        EXPECT_EQ(s.task(), "cancel-timer #1\ncomplete \"woken\"");
    });
}

}  // namespace
}  // namespace perdure::test
