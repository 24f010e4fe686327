#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/unit/replay/flows.hpp"
#include "tests/unit/replay/story.hpp"

namespace perdure::test {
namespace {

struct OneCallFlow : perdure::contract<OneCallFlow, "one-call", int(int)> {};
class OneCall final : public perdure::implements<OneCallFlow> {
  public:
    static constexpr auto definition() { return perdure::define<OneCall>(&OneCall::run); }

  private:
    perdure::task<int> run(perdure::context ctx, int n) {
        const int doubled = co_await ctx.call(work, n, quick);
        co_return doubled + 1;
    }
};

TEST(Basics, AnActivityIsCalledAndItsResultReturned) {
    tell<OneCall>([](story& s) {
        s.start(20);
        EXPECT_EQ(s.task(), "activity work #1 20");
        s.complete(1, 40);
        EXPECT_EQ(s.task(), "complete 41");
    });
}

TEST(Basics, TheCommandCarriesOptionsAndQueue) {
    story s(detail::make_workflow_type<OneCall>(), story_mode::cached);
    s.start(1).task();
    const auto& call = s.last_command().schedule_activity_task_command_attributes();
    EXPECT_EQ(call.task_queue().name(), "queue");
    EXPECT_EQ(call.start_to_close_timeout().seconds(), 10);
    EXPECT_FALSE(call.has_schedule_to_close_timeout());
    EXPECT_EQ(call.retry_policy().initial_interval().seconds(), 1);
    EXPECT_EQ(call.retry_policy().backoff_coefficient(), 2.0);
    EXPECT_EQ(call.retry_policy().maximum_attempts(), 0);
    EXPECT_EQ(call.input().payloads(0).metadata().at("encoding"), "json/plain");
}

TEST(Basics, AnActivityFailureFailsTheWorkflowWithItsChain) {
    tell<OneCall>([](story& s) {
        s.start(20).task();
        s.fail(1, Broken("no luck"));
        EXPECT_EQ(s.task(), "fail activity work failed");
        const auto& failure = s.last_command().fail_workflow_execution_command_attributes().failure();
        EXPECT_EQ(failure.activity_failure_info().activity_type().name(), "work");
        EXPECT_EQ(failure.activity_failure_info().retry_state(), pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
        EXPECT_EQ(failure.cause().application_failure_info().type(), "Broken");
        EXPECT_NE(failure.stack_trace().find("at run (basics_test.cpp:"), std::string::npos) << failure.stack_trace();
    });
}

TEST(Basics, ATimedOutActivityNamesTheLimit) {
    tell<OneCall>([](story& s) {
        s.start(20).task();
        s.time_out(1);
        s.task();
        const auto& failure = s.last_command().fail_workflow_execution_command_attributes().failure();
        EXPECT_EQ(failure.cause().timeout_failure_info().timeout_type(), pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    });
}

TEST(Basics, TheFirstTaskNamesTheSdkAndItsFlags) {
    story s(detail::make_workflow_type<OneCall>(), story_mode::evicted);
    s.start(1).task();
    EXPECT_EQ(s.last_result().completed.sdk_metadata().sdk_name(), "perdure-cpp");
    EXPECT_EQ(s.last_result().completed.sdk_metadata().lang_used_flags(0), 1U);
    s.complete(1, 2).task();
    EXPECT_EQ(s.last_result().completed.sdk_metadata().sdk_name(), "");
    EXPECT_EQ(s.last_result().completed.sdk_metadata().lang_used_flags_size(), 0);
    EXPECT_GT(s.last_result().events_replayed, 0U);
}

struct SleeperFlow : perdure::contract<SleeperFlow, "sleeper", void()> {};
perdure::task<void> sleeper(perdure::context ctx) {
    co_await ctx.sleep(0s);
    co_await ctx.sleep(250ms);
    co_await ctx.sleep_until(ctx.now() + 1h);
}
constexpr auto sleeper_def = perdure::define_function<SleeperFlow>(&sleeper);

TEST(Basics, TimersRunOneAfterTheOther) {
    in_every_mode([] { return detail::make_workflow_type(sleeper_def); },
                  [](story& s) {
                      s.start();
                      EXPECT_EQ(s.task(), "timer #1 250ms");
                      s.pass(250ms).fire(1);
                      EXPECT_EQ(s.task(), "timer #2 3600000ms");
                      s.pass(1h).fire(2);
                      EXPECT_EQ(s.task(), "complete");
                  });
}

struct ParallelFlow : perdure::contract<ParallelFlow, "parallel", int()> {};
perdure::task<int> parallel(perdure::context ctx) {
    auto left = ctx.call(work, 1, quick);
    auto right = ctx.call(work, 2, quick);
    const int second = co_await right;
    const int first = co_await left;
    co_return first * 10 + second;
}
constexpr auto parallel_def = perdure::define_function<ParallelFlow>(&parallel);

TEST(Basics, OperationsThatWereStartedEarlyRunAtTheSameTime) {
    in_every_mode([] { return detail::make_workflow_type(parallel_def); },
                  [](story& s) {
                      s.start();
                      EXPECT_EQ(s.task(), "activity work #1 1\nactivity work #2 2");
                      s.complete(1, 3);
                      EXPECT_EQ(s.task(), "");
                      s.complete(2, 4);
                      EXPECT_EQ(s.task(), "complete 34");
                  });
}

struct ThrowFlow : perdure::contract<ThrowFlow, "throw", void(std::string)> {};
class Thrower final : public perdure::implements<ThrowFlow> {
  public:
    static constexpr auto definition() { return perdure::define<Thrower>(&Thrower::run).fails_on<std::domain_error>(); }

  private:
    perdure::task<void> run(perdure::context ctx, std::string how) {
        co_await ctx.sleep(1s);
        co_await deeper(ctx, how);
    }
    perdure::task<void> deeper(perdure::context ctx, std::string how) {
        co_await ctx.sleep(1s);
        if (how == "failure") throw Broken("as planned");
        if (how == "domain") throw std::domain_error("listed");
        if (how == "twice") {
            auto nap = ctx.sleep(1h);
            auto same = nap;
            static_cast<void>(perdure::when_all{nap, same});
            co_await perdure::when_all{nap, same};
        }
        if (how == "int") throw 7;
        throw std::out_of_range("index 7");
    }
};

TEST(Errors, FailuresFailTheWorkflow) {
    tell<Thrower>([](story& s) {
        s.start(std::string("failure")).task();
        s.fire(1).task();
        s.fire(2);
        EXPECT_EQ(s.task(), "fail Broken: as planned");
    });
}

TEST(Errors, TypesThatTheDefinitionListsFailTheWorkflow) {
    tell<Thrower>([](story& s) {
        s.start(std::string("domain")).task();
        s.fire(1).task();
        s.fire(2);
        EXPECT_EQ(s.task(), "fail std::domain_error: listed");
    });
}

TEST(Errors, OrdinaryExceptionsFailTheTaskAndSayWhatToThrow) {
    story s(detail::make_workflow_type<Thrower>(), story_mode::cached);
    s.start(std::string("plain")).task();
    s.fire(1).task();
    s.fire(2);
    EXPECT_EQ(
        s.failing_task(),
        "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE: std::out_of_range: index 7 left workflow code. Only the "
        "family of perdure::failure fails a workflow; everything else fails the workflow task, which is tried again until the "
        "code is mended. To fail the workflow throw perdure::application_error or a perdure::app_error of your own");
    const std::string& stack = s.last_result().failed.failure().stack_trace();
    EXPECT_LT(stack.find("at deeper (basics_test.cpp:"), stack.find("at run (basics_test.cpp:")) << stack;
    EXPECT_TRUE(s.last_result().drop_run);
}

TEST(Errors, WhatIsNoExceptionFailsTheTask) {
    story s(detail::make_workflow_type<Thrower>(), story_mode::cached);
    s.start(std::string("int")).task();
    s.fire(1).task();
    s.fire(2);
    EXPECT_NE(s.failing_task().find("int"), std::string::npos);
}

TEST(Errors, AwaitingOneOperationInTwoPlacesIsMisuse) {
    story s(detail::make_workflow_type<Thrower>(), story_mode::cached);
    s.start(std::string("twice")).task();
    s.fire(1).task();
    s.fire(2);
    EXPECT_NE(s.failing_task().find("awaited in two places"), std::string::npos);
}

TEST(Errors, InputThatDoesNotFitFailsTheTask) {
    story s(detail::make_workflow_type<OneCall>(), story_mode::cached);
    s.start(std::string("no number"));
    EXPECT_NE(s.failing_task().find("UNHANDLED_FAILURE"), std::string::npos);
}

TEST(Errors, AnUnknownTypeIsRefusedWithTheKnownOnes) {
    detail::workflow_registry registry;
    registry.add(detail::make_workflow_type<OneCall>());
    registry.add(detail::make_workflow_type(parallel_def));
    pb::service::PollWorkflowTaskQueueResponse task;
    task.mutable_workflow_type()->set_name("elsewhere");
    const auto refused = detail::refuse_unknown_type(task, registry);
    EXPECT_EQ(refused.kind, detail::activation_kind::failed);
    EXPECT_EQ(refused.failed.failure().message(),
              "workflow type elsewhere is not registered with this worker; registered: one-call, parallel. Add it with "
              "worker.add_workflow, or start the workflow on another task queue");
    EXPECT_THROW(registry.add(detail::make_workflow_type<OneCall>()), std::invalid_argument);
}

}  // namespace
}  // namespace perdure::test
