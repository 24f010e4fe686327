#include <gtest/gtest.h>

#include <string>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

// The code that the next replay runs; a deploy that changes the code of a running workflow.
std::string edition = "first";

struct ChangeFlow : perdure::contract<ChangeFlow, "change", int()> {
    static constexpr signal<"go"> go{};
};
class Change final : public perdure::implements<ChangeFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Change>(&Change::run).on(ChangeFlow::go, &Change::go_); }

  private:
    perdure::task<int> run(perdure::context ctx) {
        if (edition == "added") co_await ctx.sleep(1s);
        if (edition == "removed") {
            co_await ctx.receive(go_);
            co_return 1;
        }
        if (edition == "swapped") {
            auto second = ctx.sleep(5s);
            co_await ctx.call(work, 1, quick);
            co_await second;
        }
        int n = 0;
        if (edition == "renamed") {
            n = co_await ctx.call(rest, 1, quick);
        } else if (edition == "moved") {
            n = co_await ctx.call(other_work, 1, quick);
        } else if (edition == "input") {
            n = co_await ctx.call(work, 99, quick);
        } else {
            n = co_await ctx.call(work, 1, quick);
        }
        if (edition == "longer") {
            co_await ctx.sleep(5min);
        } else {
            co_await ctx.sleep(5s);
        }
        if (edition == "finished") co_return n;
        co_await ctx.receive(go_);
        if (edition == "more") co_await ctx.sleep(1s);
        co_return n;
    }
    perdure::mailbox<void> go_;
};

inline constexpr perdure::patch<"rest-first"> rest_first{};

struct PatchedFlow : perdure::contract<PatchedFlow, "patched", int()> {
    static constexpr signal<"go"> go{};
};
class Patched final : public perdure::implements<PatchedFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Patched>(&Patched::run).on(PatchedFlow::go, &Patched::go_); }

  private:
    perdure::task<int> run(perdure::context ctx) {
        int rests = 0;
        for (int round = 0; round < 2; ++round) {
            if (edition == "changed") co_await ctx.call(rest, 1, quick);
            if (edition == "patched" && ctx.patched(rest_first)) rests += co_await ctx.call(rest, 1, quick);
            co_await ctx.call(work, 1, quick);
            co_await ctx.receive(go_);
        }
        if (edition == "patched") ctx.deprecate(rest_first);
        co_return rests;
    }
    perdure::mailbox<void> go_;
};

class Determinism : public ::testing::Test {
  protected:
    Determinism() : told_(detail::make_workflow_type<Change>(), story_mode::cached) {
        edition = "first";
        told_.start().task();
        told_.complete(1, 5).task();
        told_.fire(1).task();
    }
    std::string replay_as(const std::string& code) {
        edition = code;
        return told_.replay();
    }
    story told_;
};

TEST_F(Determinism, TheSameCodeFits) { EXPECT_EQ(replay_as("first"), ""); }

TEST_F(Determinism, AnAddedCommandIsReportedWithBothSides) {
    const std::string text = replay_as("added");
    EXPECT_TRUE(text.starts_with("WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR")) << text;
    EXPECT_NE(text.find("event 5"), std::string::npos) << text;
    EXPECT_NE(text.find("call of activity work (id 1)"), std::string::npos) << text;
    EXPECT_NE(text.find("start of timer (id 1)"), std::string::npos) << text;
    EXPECT_NE(text.find("determinism_test.cpp:"), std::string::npos) << "the line that made the command\n" << text;
}

TEST_F(Determinism, ARemovedCommandIsReported) {
    const std::string text = replay_as("removed");
    EXPECT_NE(text.find("call of activity work (id 1)"), std::string::npos) << text;
    EXPECT_NE(text.find("NON_DETERMINISTIC"), std::string::npos) << text;
}

TEST_F(Determinism, ASwapIsReported) { EXPECT_NE(replay_as("swapped").find("start of timer (id 1)"), std::string::npos); }

TEST_F(Determinism, AnotherActivityIsReported) {
    const std::string text = replay_as("renamed");
    EXPECT_NE(text.find("call of activity rest (id 1)"), std::string::npos) << text;
}

TEST_F(Determinism, ACommandBeyondTheHistoryIsReported) {
    edition = "first";
    told_.signal("go").task();
    EXPECT_NE(replay_as("more").find("start of timer (id 2)"), std::string::npos);
}

TEST_F(Determinism, WhatTemporalDoesNotCompareMayChange) {
    EXPECT_EQ(replay_as("longer"), "") << "durations";
    EXPECT_EQ(replay_as("input"), "") << "inputs";
    EXPECT_EQ(replay_as("moved"), "") << "all but the last part of an activity's name";
}

TEST_F(Determinism, AFailedTaskDoesNotEndTheRun) {
    edition = "added";
    told_.evict();
    told_.signal("go");
    EXPECT_NE(told_.failing_task().find("NON_DETERMINISTIC"), std::string::npos);
    edition = "first";
    told_.signal("go");
    EXPECT_EQ(told_.task(), "complete 5");
    EXPECT_EQ(told_.replay(), "");
}

TEST(Patches, ARunThatWentTheOldPathKeepsToIt) {
    for (const story_mode mode : {story_mode::cached, story_mode::evicted}) {
        edition = "first";
        story told(detail::make_workflow_type<Patched>(), mode);
        EXPECT_EQ(told.start().task(), "activity work #1 1");
        told.complete(1, 5).task();
        edition = "changed";
        told.evict();
        EXPECT_NE(told.replay().find("NON_DETERMINISTIC"), std::string::npos) << "the change without a patch";
        edition = "patched";
        told.evict();
        EXPECT_EQ(told.signal("go").task(), "activity work #2 1") << "not even in the second round";
        told.complete(2, 5).task();
        EXPECT_EQ(told.signal("go").task(), "complete 0");
        EXPECT_EQ(told.replay(), "");
    }
}

TEST(Patches, ANewRunRecordsThatItGoesTheNewPath) {
    for (const story_mode mode : {story_mode::cached, story_mode::evicted}) {
        edition = "patched";
        story told(detail::make_workflow_type<Patched>(), mode);
        EXPECT_EQ(told.start().task(), "marker Version\nactivity rest #1 1");
        EXPECT_EQ(told.complete(1, 5).task(), "activity work #2 1");
        told.complete(2, 5).task();
        EXPECT_EQ(told.signal("go").task(), "activity rest #3 1") << "recorded once";
        told.complete(3, 5).task();
        told.complete(4, 5).task();
        EXPECT_EQ(told.signal("go").task(), "complete 10");
        EXPECT_EQ(told.replay(), "");
        told.replay_every_prefix();
    }
}

TEST_F(Determinism, AFlagOfANewerSdkStopsTheReplay) {
    for (int i = 0; i < told_.history().events_size(); ++i) {
        auto& event = const_cast<pb::history::HistoryEvent&>(told_.history().events(i));
        if (event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
            event.mutable_workflow_task_completed_event_attributes()->mutable_sdk_metadata()->add_lang_used_flags(77);
            break;
        }
    }
    const std::string text = replay_as("first");
    EXPECT_NE(text.find("flag 77"), std::string::npos) << text;
}

TEST_F(Determinism, AnEventThatAnswersNothingIsReported) {
    edition = "first";
    auto& history = const_cast<pb::history::History&>(told_.history());
    auto& fired = *history.add_events();
    fired.set_event_id(history.events_size());
    fired.set_event_type(pb::enums::EVENT_TYPE_TIMER_FIRED);
    fired.mutable_timer_fired_event_attributes()->set_started_event_id(3);
    told_.signal("go");
    EXPECT_NE(told_.failing_task().find("refers to event 3"), std::string::npos);
}

}  // namespace
}  // namespace perdure::test
