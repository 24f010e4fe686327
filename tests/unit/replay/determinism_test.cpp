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
