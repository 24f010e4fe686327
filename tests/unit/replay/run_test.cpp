#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "sdk/workflow/run.hpp"
#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

// A run as its worker sees it: which histories it takes, queries, memory, eviction, misuse.

namespace perdure::test {
namespace {

int alive = 0;

struct tracer {
    tracer() { ++alive; }
    tracer(const tracer&) { ++alive; }
    tracer& operator=(const tracer&) = default;
    ~tracer() { --alive; }
};

struct ShopFlow : perdure::contract<ShopFlow, "shop", int(int)> {
    static constexpr signal<"mail", std::string> mail{};
    static constexpr signal<"poke", int> poke{};
    static constexpr query<"plus", int(int)> plus{};
    static constexpr query<"mailbox", std::vector<std::string>()> mailbox{};
    static constexpr query<"greedy", int()> greedy{};
};

class Shop final : public perdure::implements<ShopFlow> {
  public:
    explicit Shop(const int& start) : base_(start) {}
    static constexpr auto definition() {
        return perdure::define<Shop>(&Shop::run)
            .on(ShopFlow::mail, &Shop::mail_)
            .on(ShopFlow::poke, &Shop::poke)
            .on(ShopFlow::plus, &Shop::plus)
            .on(ShopFlow::mailbox, &Shop::mailbox)
            .on(ShopFlow::greedy, &Shop::greedy);
    }

  private:
    perdure::task<int> run(perdure::context ctx, int n) {
        kept_ = ctx;
        const tracer here;
        auto branch = ctx.spawn(traced(ctx, tracer{}));
        const int first = co_await ctx.call(work, n, quick);
        const auto both = co_await perdure::when_all{traced_call(ctx, tracer{}), ctx.sleep(1h)};
        const std::string mail = co_await ctx.receive(mail_);
        co_await branch.join();
        co_return first + std::get<0>(both) + static_cast<int>(mail.size());
    }
    perdure::task<void> traced(perdure::context ctx, tracer) {
        const tracer mine;
        co_await ctx.sleep(2h);
    }
    perdure::task<int> traced_call(perdure::context ctx, tracer) {
        const std::vector<tracer> some(3);
        co_return co_await ctx.call(work, 2, quick);
    }
    perdure::task<void> poke(perdure::context ctx, int n) {
        const tracer mine;
        co_await ctx.call(work, n, quick);
    }
    int plus(int n) const { return base_ + n; }
    std::vector<std::string> mailbox() const { return perdure::peek(mail_); }
    int greedy() const {
        static_cast<void>(kept_->sleep(1s));
        return 1;
    }

    int base_;
    const tracer member_;
    std::optional<perdure::context> kept_;
    perdure::mailbox<std::string> mail_;
};

TEST(Run, EverythingIsDestroyedAtWhateverPointARunIsEvicted) {
    alive = 0;
    tell<Shop>([](story& s) {
        s.start(3).task();
        s.signal("poke", 8).task();
        s.complete(1, 10).task();
        s.signal("mail", std::string("abc")).task();
        s.complete(3, 20).fire(2).task();
        s.fire(1);
        EXPECT_EQ(s.task(), "complete 33");
    });
    EXPECT_EQ(alive, 0);
}

TEST(Run, QueriesSeeTheObjectAndChangeNothing) {
    tell<Shop>([](story& s) {
        s.start(3).task();
        s.signal("mail", std::string("one")).signal("mail", std::string("two")).task();
        EXPECT_EQ((s.query<int>("plus", 4)), 7);
        EXPECT_EQ(s.query<std::vector<std::string>>("mailbox"), (std::vector<std::string>{"one", "two"}));
        EXPECT_NE(s.failing_query("greedy").find("queries only look"), std::string::npos);
        EXPECT_NE(s.failing_query("unknown").find("known: __stack_trace, __status, plus, mailbox, greedy"), std::string::npos);
        s.complete(1, 1);
        EXPECT_EQ(s.task(), "timer #2 3600000ms\nactivity work #2 2") << "the greedy query has not failed the run";
    });
}

TEST(Run, AQueryComesWithAWorkflowTask) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x"));
    auto task = s.next_task();
    (*task.mutable_queries())["q1"].set_query_type("mailbox");
    const auto result = s.run()->activate(task, {});
    ASSERT_EQ(result.kind, detail::activation_kind::completed) << result.reason;
    EXPECT_EQ(result.completed.query_results().at("q1").answer().payloads(0).data(), R"(["x"])");
}

TEST(Run, TheStackNamesCoroutinesLinesAndWhatTheyWaitFor) {
    tell<Shop>([](story& s) {
        s.start(3).task();
        s.complete(1, 10).task();
        const std::string text = s.stack();
        EXPECT_NE(text.find("run waits for all of: branch 2; timer (id 2), asked for at run_test.cpp:"), std::string::npos)
            << text;
        EXPECT_NE(text.find("branch 2 waits for activity work (id 2), asked for at run_test.cpp:"), std::string::npos) << text;
        EXPECT_NE(text.find("spawned branch 1 waits for timer (id 1)"), std::string::npos) << text;
        const std::size_t leaf = text.find("    at traced_call (run_test.cpp:");
        EXPECT_NE(leaf, std::string::npos) << text;
        EXPECT_NE(text.find("    at run (run_test.cpp:", leaf), std::string::npos) << "the frame that waits for it stands below\n"
                                                                                   << text;
    });
}

TEST(Run, TheStatusListsPendingWorkAndBoxes) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x")).task();
    pb::query::WorkflowQuery query;
    query.set_query_type("__status");
    const std::string text = s.run()->query(query, {}).answer().payloads(0).data();
    EXPECT_NE(text.find(R"({"kind":"activity","name":"work","taskQueue":"queue","id":"1","eventId":)"), std::string::npos)
        << text;
    EXPECT_NE(text.find(R"("mailboxes":[{"signal":"mail","unread":1}])"), std::string::npos) << text;
}

TEST(Run, AFreshRunNeedsTheWholeHistory) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x"));
    const auto task = s.next_task();
    detail::workflow_run fresh(s.type(), {});
    const auto result = fresh.activate(task, {});
    EXPECT_EQ(result.kind, detail::activation_kind::wrong_history);
    EXPECT_EQ(result.history_needed, detail::history_fix::full_history);
}

TEST(Run, ACachedRunRefusesTheWholeHistory) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x"));
    auto task = s.next_task();
    *task.mutable_history() = s.history();
    const auto result = s.run()->activate(task, {});
    EXPECT_EQ(result.kind, detail::activation_kind::wrong_history);
    EXPECT_EQ(result.history_needed, detail::history_fix::new_run);
    detail::workflow_run fresh(s.type(), {});
    EXPECT_EQ(fresh.activate(task, {}).kind, detail::activation_kind::completed);
}

TEST(Run, ACachedRunThatRanAheadOfTheServiceIsFoundOut) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x"));
    auto task = s.next_task();
    ASSERT_EQ(s.run()->activate(task, {}).kind, detail::activation_kind::completed);
    // The answer was lost: the service hands out the same events again, after the last task that it knows of.
    const auto again = s.run()->activate(task, {});
    EXPECT_EQ(again.kind, detail::activation_kind::wrong_history);
    EXPECT_EQ(again.history_needed, detail::history_fix::full_history);
}

TEST(Run, AGapInTheHistoryIsFoundOut) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("mail", std::string("x"));
    auto task = s.next_task();
    auto& events = *task.mutable_history()->mutable_events();
    auto cut = task;
    cut.mutable_history()->mutable_events()->DeleteSubrange(0, 1);
    EXPECT_EQ(s.run()->activate(cut, {}).kind, detail::activation_kind::wrong_history);
    events.DeleteSubrange(1, 1);
    EXPECT_EQ(s.run()->activate(task, {}).kind, detail::activation_kind::wrong_history);
}

TEST(Run, AHistoryThatEndsBeforeTheTaskIsFoundOut) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3);
    auto task = s.next_task();
    task.mutable_history()->mutable_events()->RemoveLast();
    detail::workflow_run fresh(s.type(), {});
    EXPECT_EQ(fresh.activate(task, {}).kind, detail::activation_kind::wrong_history);
}

TEST(Run, ItsSizeIsKnownInBytes) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    const std::size_t small = s.run()->bytes();
    EXPECT_GT(small, 4096U);
    EXPECT_LT(small, 64U * 1024U);
    s.signal("mail", std::string(100'000, 'x')).task();
    EXPECT_GT(s.run()->bytes(), small + 100'000U);
}

TEST(Run, ASignalNobodyBindsIsReportedAndIgnored) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    s.start(3).task();
    s.signal("nonsense", 1);
    EXPECT_EQ(s.task(), "");
    ASSERT_FALSE(s.lines().empty());
    EXPECT_NE(s.lines().back().message.find("does not bind"), std::string::npos);
}

TEST(Run, TheBeaconShowsWhereCodeIs) {
    story s(detail::make_workflow_type<Shop>(), story_mode::cached);
    detail::activation_beacon beacon;
    s.start(3);
    detail::workflow_run run(s.type(), {});
    auto task = s.next_task();
    ASSERT_EQ(run.activate(task, {.beacon = &beacon}).kind, detail::activation_kind::completed);
    EXPECT_EQ(beacon.resumes.load(), 2U);
}

// --- misuse
// -----------------------------------------------------------------------------------------------------------------------

struct MisuseFlow : perdure::contract<MisuseFlow, "misuse", void(std::string)> {};
class Misuse final : public perdure::implements<MisuseFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Misuse>(&Misuse::run); }

  private:
    struct noisy {
        perdure::context ctx;
        ~noisy() { static_cast<void>(ctx.sleep(1s)); }
    };

    perdure::task<void> run(perdure::context ctx, std::string what) {
        if (what == "thread") {
            std::thread other([ctx] {
                try {
                    static_cast<void>(ctx.sleep(1s));
                } catch (const perdure::misuse_error&) {
                }
            });
            other.join();
        }
        if (what == "twice") {
            auto nap = ctx.sleep(0s);
            co_await nap;
            try {
                co_await nap;
            } catch (...) {  // caught, and still the task fails
            }
        }
        if (what == "moved") {
            auto work = helper(ctx);
            auto other = std::move(work);
            co_await std::move(other);
            co_await std::move(work);
        }
        if (what == "never started") {
            static_cast<void>(helper(ctx));
            co_return;
        }
        if (what == "destructor") {
            const noisy here{ctx};
            co_await ctx.sleep(1h);
        }
        if (what == "options") {
            constexpr perdure::activity_options none{.timeouts = perdure::start_to_close(0s)};
            co_await ctx.call(work, 1, none);
        }
    }
    perdure::task<void> helper(perdure::context ctx) { co_await ctx.sleep(0s); }
};

std::string misuse(const std::string& what) {
    story s(detail::make_workflow_type<Misuse>(), story_mode::cached);
    s.start(what);
    return s.failing_task();
}

TEST(Misuse, AnotherThreadIsRefusedAndTheTaskFails) {
    EXPECT_NE(misuse("thread").find("used on another thread"), std::string::npos);
}

TEST(Misuse, ACaughtMisuseStillFailsTheTask) { EXPECT_NE(misuse("twice").find("awaited twice"), std::string::npos); }

TEST(Misuse, ATaskThatWasMovedFromIsEmpty) { EXPECT_NE(misuse("moved").find("a task was used twice"), std::string::npos); }

TEST(Misuse, OptionsAreCheckedWhereTheyAreUsed) {
    EXPECT_NE(misuse("options").find("the options of activity work cannot work: start_to_close or schedule_to_close"),
              std::string::npos);
}

TEST(Misuse, ATaskThatNeverStartedIsReported) {
    story s(detail::make_workflow_type<Misuse>(), story_mode::cached);
    s.start(std::string("never started"));
    EXPECT_EQ(s.task(), "complete");
    ASSERT_EQ(s.lines().size(), 1U);
    EXPECT_NE(s.lines()[0].message.find("never awaited"), std::string::npos);
}

TEST(Misuse, DestructorsCannotStartOperationsDuringEviction) {
    story s(detail::make_workflow_type<Misuse>(), story_mode::cached);
    s.start(std::string("destructor")).task();
    const auto before = detail::refused_in_eviction();
    s.evict();
    EXPECT_EQ(detail::refused_in_eviction(), before + 1);
}

struct EscapeFlow : perdure::contract<EscapeFlow, "escape", void()> {};
std::optional<perdure::context> escaped;
perdure::task<void> escape(perdure::context ctx) {
    escaped = ctx;
    co_await ctx.sleep(1h);
}
constexpr auto escape_def = perdure::define_function<EscapeFlow>(&escape);

TEST(Misuse, AContextThatOutlivedItsRunIsRefused) {
    {
        story s(detail::make_workflow_type(escape_def), story_mode::cached);
        s.start().task();
    }
    EXPECT_THROW(static_cast<void>(escaped->sleep(1s)), perdure::misuse_error);
    EXPECT_THROW(static_cast<void>(escape(*escaped)), perdure::misuse_error) << "a coroutine outside of a run";
}

}  // namespace
}  // namespace perdure::test
