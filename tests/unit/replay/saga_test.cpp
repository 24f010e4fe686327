#include <gtest/gtest.h>

#include <string>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

struct TripFlow : perdure::contract<TripFlow, "trip", std::string(std::string)> {};

class Trip final : public perdure::implements<TripFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Trip>(&Trip::run); }

  private:
    using text = std::string;

    perdure::task<text> run(perdure::context ctx, text how) {
        if (how == "guarded") co_return co_await perdure::guarded(ctx, saga_, book(ctx, how));
        if (how == "cleanup") {
            co_await perdure::with_cleanup(ctx, one_step(ctx, "body"), one_step(ctx.shielded(), "cleanup"));
            co_return "both";
        }
        auto done = co_await perdure::outcome_of(book(ctx, how));
        if (done) co_return *std::move(done);
        const perdure::undo_report undone = co_await saga_.compensate(ctx.shielded());
        done.rethrow(undone);
    }
    perdure::task<void> one_step(perdure::context ctx, text name) { co_await ctx.call(step, name, quick); }
    perdure::task<text> book(perdure::context ctx, text how) {
        saga_.add(undo, text("hotel"), quick).key("hotel");
        co_await ctx.call(step, text("hotel"), quick);
        saga_.add(undo, text("car"), quick).parallel_group();
        saga_.add(undo, text("bike"), quick).parallel_group();
        if (how == "forget") saga_.forget("hotel");
        saga_.add(undo, text("flight"), quick);
        co_await ctx.call(step, text("flight"), quick);
        co_return "booked";
    }

    perdure::saga saga_;
};

TEST(Saga, SuccessUndoesNothing) {
    tell<Trip>([](story& s) {
        s.start(std::string("plain"));
        EXPECT_EQ(s.task(), "activity step #1 \"hotel\"");
        s.complete(1);
        EXPECT_EQ(s.task(), "activity step #2 \"flight\"");
        s.complete(2);
        EXPECT_EQ(s.task(), R"(complete "booked")");
    });
}

TEST(Saga, FailureUndoesInReverseAndGroupsAtTheSameTime) {
    tell<Trip>([](story& s) {
        s.start(std::string("plain")).task();
        s.complete(1).task();
        s.fail(2, Broken("no seat"));
        EXPECT_EQ(s.task(), "activity undo #3 \"flight\"");
        s.complete(3);
        EXPECT_EQ(s.task(), "activity undo #4 \"bike\"\nactivity undo #5 \"car\"");
        s.complete(5).complete(4);
        EXPECT_EQ(s.task(), "activity undo #6 \"hotel\"");
        s.complete(6);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Saga, AStepThatFailsAtOnceIsUndoneToo) {
    tell<Trip>([](story& s) {
        s.start(std::string("plain")).task();
        s.time_out(1);
        EXPECT_EQ(s.task(), "activity undo #2 \"hotel\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Saga, AnUndoThatFailsForGoodIsAttachedToTheFailure) {
    tell<Trip>([](story& s) {
        s.start(std::string("plain")).task();
        s.time_out(1).task();
        s.fail(2, Broken("stuck"));
        EXPECT_EQ(s.task(), "fail activity step failed");
        const auto& failure = s.last_command().fail_workflow_execution_command_attributes().failure();
        EXPECT_EQ(failure.activity_failure_info().activity_type().name(), "step");
        EXPECT_TRUE(failure.cause().has_timeout_failure_info());
        EXPECT_EQ(failure.cause().cause().application_failure_info().type(), "UndoIncomplete");
        EXPECT_NE(failure.cause().cause().message().find("not undone: hotel"), std::string::npos);
        EXPECT_EQ(failure.cause().cause().cause().activity_failure_info().activity_type().name(), "undo");
    });
}

TEST(Saga, ACancelIsCompensatedAndEndsAsCancelled) {
    tell<Trip>([](story& s) {
        s.start(std::string("plain")).task();
        s.cancel("changed my mind");
        EXPECT_EQ(s.task(), "cancel-activity");
        s.acknowledge_cancel(1);
        EXPECT_EQ(s.task(), "activity undo #2 \"hotel\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "cancelled");
    });
}

TEST(Saga, WhatWasForgottenIsNotUndone) {
    tell<Trip>([](story& s) {
        s.start(std::string("forget")).task();
        s.complete(1).task();
        s.fail(2, Broken("no seat"));
        EXPECT_EQ(s.task(), "activity undo #3 \"flight\"");
        s.complete(3).task();
        s.complete(4).complete(5);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Saga, GuardedIsTheShortForm) {
    tell<Trip>([](story& s) {
        s.start(std::string("guarded")).task();
        s.fail(1, Broken("full"));
        EXPECT_EQ(s.task(), "activity undo #2 \"hotel\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Saga, CleanupRunsWhateverBecameOfTheBody) {
    tell<Trip>([](story& s) {
        s.start(std::string("cleanup"));
        EXPECT_EQ(s.task(), "activity step #1 \"body\"");
        s.fail(1, Broken("body"));
        EXPECT_EQ(s.task(), "activity step #2 \"cleanup\"");
        s.complete(2);
        EXPECT_EQ(s.task(), "fail activity step failed");
    });
}

TEST(Saga, TheStatusShowsWhatWouldBeUndone) {
    story s(detail::make_workflow_type<Trip>(), story_mode::cached);
    s.start(std::string("plain")).task();
    pb::query::WorkflowQuery query;
    query.set_query_type("__status");
    const auto status = s.run()->query(query, {});
    EXPECT_NE(status.answer().payloads(0).data().find(R"("compensations":[{"activity":"undo","key":"hotel"}])"),
              std::string::npos)
        << status.answer().payloads(0).data();
}

}  // namespace
}  // namespace perdure::test
