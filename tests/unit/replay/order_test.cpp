#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

// The order inside one activation: events one by one, the ready queue after each, conditions when it is empty, commands in the
// order of their issue and the closing command last.

namespace perdure::test {
namespace {

struct DiaryFlow : perdure::contract<DiaryFlow, "diary", std::string()> {
    static constexpr signal<"note", std::string> note{};
    static constexpr signal<"handled", std::string> handled{};
    static constexpr signal<"coroutine", std::string> coroutine{};
    static constexpr query<"read", std::string()> read{};
};

class Diary final : public perdure::implements<DiaryFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<Diary>(&Diary::run)
            .on(DiaryFlow::note, &Diary::notes_)
            .on(DiaryFlow::handled, &Diary::handled)
            .on(DiaryFlow::coroutine, &Diary::coroutine)
            .on(DiaryFlow::read, &Diary::read);
    }

  private:
    perdure::task<std::string> run(perdure::context ctx) {
        text_ += "start";
        const auto first = ctx.spawn(wait_for(ctx, 1));
        const auto second = ctx.spawn(wait_for(ctx, 2));
        auto call = ctx.call(work, 5, quick);
        text_ += " spawned";
        const std::string message = co_await ctx.receive(notes_);
        text_ += " got:" + message;
        co_await call;
        text_ += " called";
        co_await first.join();
        co_await second.join();
        co_await ctx.handlers_idle();
        text_ += " end";
        co_return text_;
    }
    perdure::task<void> wait_for(perdure::context ctx, int count) {
        text_ += " branch" + std::to_string(count);
        co_await ctx.wait_until([this, count] { return handled_ >= count; });
        text_ += " condition" + std::to_string(count);
    }
    void handled(std::string what) {
        text_ += " handled:" + what;
        ++handled_;
    }
    perdure::task<void> coroutine(perdure::context ctx, std::string what) {
        text_ += " begin:" + what;
        co_await ctx.sleep(1s);
        text_ += " done:" + what;
    }
    std::string read() const { return text_; }

    std::string text_;
    int handled_ = 0;
    perdure::mailbox<std::string> notes_;
};

TEST(Order, SpawnedBranchesRunAfterTheOneThatSpawnsThem) {
    tell<Diary>([](story& s) {
        s.start();
        EXPECT_EQ(s.task(), "activity work #1 5");
        EXPECT_EQ(s.query<std::string>("read"), "start spawned branch1 branch2");
    });
}

TEST(Order, EventsApplyOneByOneInTheOrderOfHistory) {
    tell<Diary>([](story& s) {
        s.start().task();
        s.signal("handled", std::string("a")).signal("note", std::string("b")).complete(1, 1).signal("handled", std::string("c"));
        EXPECT_EQ(s.task(),
                  R"(complete "start spawned branch1 branch2 handled:a condition1 got:b called handled:c condition2 end")");
    });
    tell<Diary>([](story& s) {
        s.start().task();
        s.complete(1, 1).signal("handled", std::string("a")).signal("handled", std::string("c")).signal("note", std::string("b"));
        EXPECT_EQ(s.task(),
                  R"(complete "start spawned branch1 branch2 handled:a condition1 handled:c condition2 got:b called end")");
    });
}

TEST(Order, ASignalThatStandsBehindTheStartIsSeenAfterTheFirstSteps) {
    tell<Diary>([](story& s) {
        s.start().signal("handled", std::string("early"));
        s.task();
        EXPECT_EQ(s.query<std::string>("read"), "start spawned branch1 branch2 handled:early condition1");
    });
}

TEST(Order, HandlerCoroutinesAreBranchesOfTheRun) {
    tell<Diary>([](story& s) {
        s.start().task();
        s.signal("coroutine", std::string("x")).signal("handled", std::string("1")).signal("handled", std::string("2"));
        EXPECT_EQ(s.task(), "timer #1 1000ms");
        s.signal("note", std::string("b")).complete(1, 1);
        EXPECT_EQ(s.task(), "") << "handlers_idle waits for the handler";
        s.fire(1);
        EXPECT_EQ(
            s.task(),
            R"(complete "start spawned branch1 branch2 begin:x handled:1 condition1 handled:2 condition2 got:b called done:x end")");
    });
}

struct ClosingFlow : perdure::contract<ClosingFlow, "closing", int()> {
    static constexpr signal<"stop"> stop{};
    static constexpr signal<"late", int> late{};
};
class Closing final : public perdure::implements<ClosingFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<Closing>(&Closing::run)
            .on(ClosingFlow::stop, &Closing::stop_)
            .on(ClosingFlow::late, &Closing::late);
    }

  private:
    perdure::task<int> run(perdure::context ctx) {
        co_await ctx.receive(stop_);
        co_return 1;
    }
    perdure::task<void> late(perdure::context ctx, int n) { co_await ctx.call(work, n, quick); }
    perdure::mailbox<void> stop_;
};

TEST(Order, TheClosingCommandIsLastEvenIfRunReturnedInTheMiddle) {
    story s(detail::make_workflow_type<Closing>(), story_mode::cached);
    s.start().task();
    s.signal("stop").signal("late", 7);
    EXPECT_EQ(s.task(), "activity work #1 7\ncomplete 1");
    ASSERT_FALSE(s.lines().empty());
    EXPECT_NE(s.lines().back().message.find("handlers were still running"), std::string::npos);
    EXPECT_EQ(s.replay(), "");
}

struct LoopFlow : perdure::contract<LoopFlow, "loop", int(int)> {};
class Loop final : public perdure::implements<LoopFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Loop>(&Loop::run); }

  private:
    perdure::task<int> run(perdure::context ctx, int rounds) {
        int sum = 0;
        for (int i = 0; i < rounds; ++i) sum += co_await one(ctx);
        co_return sum;
    }
    perdure::task<int> one(perdure::context ctx) {
        co_await ctx.sleep(0s);
        co_return co_await two(ctx);
    }
    perdure::task<int> two(perdure::context) { co_return 1; }
};

TEST(Order, AMillionAwaitsNeedNoStackAndNoMemory) {
    story s(detail::make_workflow_type<Loop>(), story_mode::cached);
    s.start(1'000'000);
    EXPECT_EQ(s.task(), "complete 1000000");
    s.evict();
    story small(detail::make_workflow_type<Loop>(), story_mode::cached);
    small.start(10).task();
    SUCCEED();
}

struct RecursionFlow : perdure::contract<RecursionFlow, "recursion", int(int)> {};
class Recursion final : public perdure::implements<RecursionFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Recursion>(&Recursion::run); }

  private:
    perdure::task<int> run(perdure::context ctx, int depth) {
        if (depth == 0) co_return 0;
        const int below = co_await run(ctx, depth - 1);
        co_return below + 1;
    }
};

TEST(Order, DeepRecursionLivesInTheArenaAndNotOnTheStack) {
    story s(detail::make_workflow_type<Recursion>(), story_mode::cached);
    s.start(100'000);
    EXPECT_EQ(s.task(), "complete 100000");
}

}  // namespace
}  // namespace perdure::test
