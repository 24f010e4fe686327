#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

struct CombineFlow : perdure::contract<CombineFlow, "combine", std::string(std::string)> {
    static constexpr signal<"mail", std::string> mail{};
};

class Combine final : public perdure::implements<CombineFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Combine>(&Combine::run).on(CombineFlow::mail, &Combine::mail_); }

  private:
    using text = std::string;

    perdure::task<text> run(perdure::context ctx, text what) {
        if (what == "all") co_return co_await all(ctx);
        if (what == "settle") co_return co_await settle(ctx);
        if (what == "race") co_return co_await race_mail(ctx);
        if (what == "tasks") co_return co_await race_tasks(ctx);
        if (what == "any_ok") co_return co_await any_ok(ctx);
        if (what == "any") co_return co_await any(ctx);
        if (what == "order") co_return co_await in_order(ctx);
        if (what == "limit") co_return co_await limited(ctx);
        if (what == "timeout") co_return co_await timed(ctx);
        if (what == "timeout_task") co_return co_await timed_task(ctx);
        if (what == "losers") co_return co_await loser(ctx);
        if (what == "spawn_fails") co_return co_await spawn_fails(ctx);
        if (what == "ready") co_return co_await ready(ctx);
        if (what == "unread") co_return co_await unread(ctx);
        co_return "?";
    }
    perdure::task<text> all(perdure::context ctx) {
        const auto both = co_await perdure::when_all{ctx.call(work, 1, quick), step_twice(ctx), ctx.sleep(1s)};
        co_return std::to_string(std::get<0>(both)) + std::get<1>(both);
    }
    perdure::task<text> step_twice(perdure::context ctx) {
        co_await ctx.call(step, text("a"), quick);
        co_await ctx.call(step, text("b"), quick);
        co_return "ab";
    }
    perdure::task<text> settle(perdure::context ctx) {
        std::vector<perdure::op<int>> ops;
        for (int i = 0; i < 3; ++i) ops.push_back(ctx.call(work, i, quick));
        const auto each = co_await perdure::settle_all{std::move(ops)};
        text result;
        for (const auto& one : each) result += one ? std::to_string(*one) : one.caused_by<Broken>() ? "x" : "?";
        co_return result;
    }
    perdure::task<text> race_mail(perdure::context ctx) {
        const auto first = co_await perdure::race{ctx.receive(mail_), ctx.sleep(72h)};
        if (const auto* mail = std::get_if<0>(&first)) co_return "mail " + *mail;
        co_return "silence " + std::to_string(mail_.size());
    }
    perdure::task<text> race_tasks(perdure::context ctx) {
        const auto first = co_await perdure::race{two_steps(ctx, "l"), two_steps(ctx, "r")};
        const text winner = std::visit([](const text& value) { return value; }, first);
        const int last = co_await ctx.call(work, 0, quick);
        co_return winner + std::to_string(last);
    }
    perdure::task<text> two_steps(perdure::context ctx, text name) {
        co_await ctx.call(step, name + "1", hasty);
        co_await ctx.call(step, name + "2", hasty);
        co_return name;
    }
    perdure::task<text> any_ok(perdure::context ctx) {
        std::vector<perdure::op<int>> ops;
        for (int i = 0; i < 3; ++i) ops.push_back(ctx.call(work, i, hasty));
        const int good = co_await perdure::when_any_ok{std::move(ops)};
        co_return std::to_string(good);
    }
    perdure::task<text> any(perdure::context ctx) {
        const auto first = co_await perdure::when_any{ctx.call(work, 1, hasty), ctx.call(work, 2, hasty)};
        co_return std::to_string(first.index) + ":" + std::to_string(first.value);
    }
    perdure::task<text> in_order(perdure::context ctx) {
        std::vector<perdure::op<int>> ops;
        for (int i = 0; i < 3; ++i) ops.push_back(ctx.call(work, i, quick));
        perdure::in_order_of_completion left{std::move(ops)};
        text result;
        while (!left.empty()) {
            const auto next = co_await left.next();
            result += std::to_string(next.index) + ":" + std::to_string(next.value) + " ";
        }
        co_return result;
    }
    perdure::task<text> limited(perdure::context ctx) {
        std::vector<int> items{1, 2, 3, 4};
        const std::vector<int> results = co_await perdure::for_each_limit(ctx, 2, std::move(items), &Combine::double_it, this);
        text result;
        for (const int value : results) result += std::to_string(value) + " ";
        co_return result;
    }
    perdure::task<int> double_it(perdure::context ctx, int n) { co_return co_await ctx.call(work, n, quick); }
    perdure::task<text> timed(perdure::context ctx) {
        const std::optional<int> value = co_await ctx.timeout(5s, ctx.call(work, 1, hasty));
        const bool slept = co_await ctx.timeout(5s, ctx.sleep(0s));
        co_return (value ? std::to_string(*value) : "late") + (slept ? " slept" : " cut short");
    }
    perdure::task<text> timed_task(perdure::context ctx) {
        const std::optional<text> value = co_await ctx.timeout(5s, two_steps(ctx, "t"));
        co_return value.value_or("late");
    }
    perdure::task<text> loser(perdure::context ctx) {
        const auto first = co_await perdure::race{ctx.sleep(1s), tidy(ctx)};
        co_return std::to_string(first.index());
    }
    perdure::task<void> tidy(perdure::context ctx) {
        const auto done = co_await perdure::outcome_of(ctx.sleep(1h));
        if (done.cancelled()) co_await ctx.shielded().ctx().call(step, text("tidy up"), quick);
    }
    perdure::task<text> spawn_fails(perdure::context ctx) {
        ctx.spawn(breaks(ctx));
        co_await ctx.sleep(1s);
        co_return "never seen";
    }
    perdure::task<void> breaks(perdure::context ctx) {
        co_await ctx.sleep(0s);
        throw Broken("nobody joined");
    }
    perdure::task<text> ready(perdure::context ctx) {
        auto first = ctx.call(work, 1, quick);
        auto second = ctx.call(work, 2, quick);
        co_await ctx.sleep(1h);
        const auto winner = co_await perdure::race{first, second};
        co_return std::to_string(winner.index());
    }
    perdure::task<text> unread(perdure::context ctx) {
        auto nap = ctx.sleep(1s);
        co_await ctx.sleep(2s);
        const auto first = co_await perdure::race{ctx.receive(mail_), nap};
        co_return std::to_string(first.index()) + " left " + std::to_string(mail_.size()) + mail_.try_take().value_or("none");
    }

    perdure::mailbox<std::string> mail_;
};

TEST(Combinators, WhenAllStartsTasksInOrderAndWaitsForEverything) {
    tell<Combine>([](story& s) {
        s.start(std::string("all"));
        EXPECT_EQ(s.task(), "activity work #1 1\ntimer #1 1000ms\nactivity step #2 \"a\"");
        s.complete(1, 7).fire(1);
        EXPECT_EQ(s.task(), "");
        s.complete(2);
        EXPECT_EQ(s.task(), "activity step #3 \"b\"");
        s.complete(3);
        EXPECT_EQ(s.task(), R"(complete "7ab")");
    });
}

TEST(Combinators, WhenAllCancelsTheRestOnTheFirstFailureAndWaitsForIt) {
    tell<Combine>([](story& s) {
        s.start(std::string("all")).task();
        s.fail(2, Broken("no"));
        EXPECT_EQ(s.task(), "cancel-activity\ncancel-timer #1");
        s.acknowledge_cancel(1);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Combinators, SettleAllGivesOutcomes) {
    tell<Combine>([](story& s) {
        s.start(std::string("settle")).task();
        s.complete(2, 8).fail(1, Broken("no")).complete(3, 9);
        EXPECT_EQ(s.task(), R"(complete "x89")");
    });
}

TEST(Combinators, ARaceCancelsTheLoser) {
    tell<Combine>([](story& s) {
        s.start(std::string("race"));
        EXPECT_EQ(s.task(), "timer #1 259200000ms");
        s.signal("mail", std::string("hi"));
        EXPECT_EQ(s.task(), "cancel-timer #1\ncomplete \"mail hi\"");
    });
    tell<Combine>([](story& s) {
        s.start(std::string("race")).task();
        s.fire(1);
        EXPECT_EQ(s.task(), R"(complete "silence 0")");
    });
}

TEST(Combinators, AMessageBehindTheTimerThatWonIsNotConsumed) {
    story s(detail::make_workflow_type<Combine>(), story_mode::cached);
    s.start(std::string("race")).task();
    s.fire(1).signal("mail", std::string("late"));
    EXPECT_EQ(s.task(), R"(complete "silence 0")") << "run went on before the signal was applied";
    story both(detail::make_workflow_type<Combine>(), story_mode::cached);
    both.start(std::string("race")).task();
    both.signal("mail", std::string("first")).fire(1);
    EXPECT_EQ(both.task(), R"(complete "mail first")");
}

TEST(Combinators, LosingTasksAreCancelledAndTheRunWaitsForThem) {
    tell<Combine>([](story& s) {
        s.start(std::string("tasks"));
        EXPECT_EQ(s.task(), "activity step #1 \"l1\"\nactivity step #2 \"r1\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "activity step #3 \"r2\"");
        s.complete(3);
        EXPECT_EQ(s.task(), "cancel-activity\nactivity work #4 0");
        s.complete(4, 5);
        EXPECT_EQ(s.task(), R"(complete "r5")");
    });
    tell<Combine>([](story& s) {
        s.start(std::string("losers")).task();
        s.fire(1);
        EXPECT_EQ(s.task(), "cancel-timer #2\nactivity step #1 \"tidy up\"");
        s.complete(1);
        EXPECT_EQ(s.task(), R"(complete "0")");
    });
}

TEST(Combinators, TheFirstSuccessWins) {
    tell<Combine>([](story& s) {
        s.start(std::string("any_ok")).task();
        s.fail(2, Broken("two"));
        EXPECT_EQ(s.task(), "");
        s.complete(3, 33);
        EXPECT_EQ(s.task(), "cancel-activity\ncomplete \"33\"");
    });
}

TEST(Combinators, IfAllFailAllAreNamed) {
    tell<Combine>([](story& s) {
        s.start(std::string("any_ok")).task();
        s.fail(2, Broken("two")).fail(1, Broken("one")).fail(3, Broken("three"));
        const std::string text = s.task();
        EXPECT_TRUE(text.starts_with("fail AllFailed: every branch failed:")) << text;
        for (const char* part : {"one", "two", "three"}) EXPECT_NE(text.find(part), std::string::npos);
    });
}

TEST(Combinators, WhenAnyGivesPlaceAndValue) {
    tell<Combine>([](story& s) {
        s.start(std::string("any")).task();
        s.complete(2, 22);
        EXPECT_EQ(s.task(), "cancel-activity\ncomplete \"1:22\"");
    });
}

TEST(Combinators, OperationsCanBeTakenAsTheyEnd) {
    tell<Combine>([](story& s) {
        s.start(std::string("order")).task();
        s.complete(3, 30).complete(1, 10);
        EXPECT_EQ(s.task(), "");
        s.complete(2, 20);
        EXPECT_EQ(s.task(), R"(complete "2:30 0:10 1:20 ")");
    });
}

TEST(Combinators, AtMostSoManyAtATime) {
    tell<Combine>([](story& s) {
        s.start(std::string("limit"));
        EXPECT_EQ(s.task(), "activity work #1 1\nactivity work #2 2");
        s.complete(2, 20);
        EXPECT_EQ(s.task(), "activity work #3 3");
        s.complete(3, 30);
        EXPECT_EQ(s.task(), "activity work #4 4");
        s.complete(1, 10).complete(4, 40);
        EXPECT_EQ(s.task(), R"(complete "10 20 30 40 ")");
    });
}

TEST(Combinators, ATimeoutCancelsTheWork) {
    tell<Combine>([](story& s) {
        s.start(std::string("timeout"));
        EXPECT_EQ(s.task(), "activity work #1 1\ntimer #1 5000ms");
        s.fire(1);
        EXPECT_EQ(s.task(), "cancel-activity\ncomplete \"late slept\"");
    });
    tell<Combine>([](story& s) {
        s.start(std::string("timeout")).task();
        s.complete(1, 4);
        EXPECT_EQ(s.task(), "cancel-timer #1\ncomplete \"4 slept\"");
    });
    tell<Combine>([](story& s) {
        s.start(std::string("timeout_task"));
        EXPECT_EQ(s.task(), "timer #1 5000ms\nactivity step #1 \"t1\"");
        s.fire(1);
        EXPECT_EQ(s.task(), "cancel-activity\ncomplete \"late\"");
    });
}

TEST(Combinators, AFailureThatNobodyJoinedFailsTheRunAtItsEnd) {
    tell<Combine>([](story& s) {
        s.start(std::string("spawn_fails"));
        EXPECT_EQ(s.task(), "timer #1 1000ms");
        s.fire(1);
        EXPECT_EQ(s.task(), "fail Broken: nobody joined");
    });
}

TEST(Combinators, OfTwoThatEndedAlreadyTheEarlierInHistoryWins) {
    tell<Combine>([](story& s) {
        s.start(std::string("ready")).task();
        s.complete(2, 2).complete(1, 1).fire(1);
        EXPECT_EQ(s.task(), R"(complete "1")");
    });
}

TEST(Combinators, AReceiveThatLostHasConsumedNothing) {
    tell<Combine>([](story& s) {
        s.start(std::string("unread")).task();
        s.fire(1).signal("mail", std::string("kept")).fire(2);
        EXPECT_EQ(s.task(), R"(complete "1 left 1kept")");
    });
}

}  // namespace
}  // namespace perdure::test
