#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

#include "flow.hpp"
#include "sdk/guards/guards.hpp"
#include "sdk/workflow/workflow_code.hpp"

namespace shop {
namespace {

void do_everything() {
    (void)std::chrono::system_clock::now();
    (void)std::random_device{}();
    (void)std::getenv("HOME");
    std::ifstream("/etc/hostname");
    std::thread([] {}).join();
}

class Places : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!perdure::guards::available()) GTEST_SKIP() << perdure::guards::why_unavailable();
    }
};

TEST_F(Places, ConstructorsHandlersAndConditionsAreWorkflowCode) {
    for (const place where : {place::constructor, place::run, place::handler, place::condition})
        EXPECT_THAT(failure_of(where, do_everything), HasSubstr("clock_gettime (std::chrono::system_clock::now)"))
            << static_cast<int>(where);
}

TEST_F(Places, SideEffectsMayDoEverything) { EXPECT_EQ(failure_of(place::side_effect, do_everything), ""); }

TEST_F(Places, NothingIsTrappedWithoutTheGuard) { EXPECT_EQ(failure_of(place::run, do_everything, false), ""); }

TEST_F(Places, OutsideOfWorkflowCodeNobodyAsks) {
    EXPECT_EQ(perdure::detail::guarded_run, nullptr);
    do_everything();
}

TEST_F(Places, AQueryFailsAndTheRunGoesOn) {
    perdure::test::env env;
    env.add_workflow<DoerWorkflow>();
    auto run = env.start<Doer>();
    deed::where = place::query;
    deed::what = do_everything;
    try {
        (void)run.query(Doer::look);
        ADD_FAILURE() << "the query was answered";
    } catch (const std::exception& error) {
        EXPECT_THAT(error.what(), HasSubstr("use ctx.now()"));
    }
    deed::where = place::nowhere;
    EXPECT_EQ(run.query(Doer::look), 1);
    env.advance(2h);
    run.signal(Doer::poke);
    EXPECT_EQ(run.result(), 4);
}

struct Caller : perdure::contract<Caller, "caller", int()> {};
inline constexpr perdure::activity<"anything", int()> anything{};
inline constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s)};

perdure::task<int> call_it(perdure::context ctx) {
    ctx.log(perdure::log_level::info, "before", perdure::kv("number", 7));
    ctx.counter("calls").add();
    co_return co_await ctx.call(anything, quick);
}
inline constexpr auto call_it_def = perdure::define_function<Caller>(&call_it);

TEST_F(Places, ActivitiesMayDoEverythingAndSoDoesTheSdk) {
    perdure::test::env env;
    env.add_workflow(call_it_def);
    env.add_activity(anything, [] {
        do_everything();
        return 3;
    });
    auto run = env.start<Caller>();
    EXPECT_EQ(run.result(), 3);
}

perdure::task<int> be_a_template_user(perdure::context ctx);

template <class Number>
Number later() {
    return static_cast<Number>(std::chrono::system_clock::now().time_since_epoch().count() > 0);
}

perdure::task<int> be_a_template_user(perdure::context ctx) {
    co_await ctx.sleep(1s);
    co_return later<int>();
}
inline constexpr auto template_def = perdure::define_function<Caller>(&be_a_template_user);

TEST_F(Places, TheLineIsTheOneThatMadeTheCall) {
    perdure::test::env env;
    env.allow_task_failures();
    env.add_workflow(template_def);
    auto run = env.start<Caller>();
    env.advance(1min);
    ASSERT_FALSE(env.task_failures().empty());
    EXPECT_THAT(env.task_failures().front(), HasSubstr("at places_test.cpp:" + std::to_string(__LINE__ - 16) + " in shop::"));
}

TEST_F(Places, WithoutDebugInformationTheLastAwaitIsNamed) {
    ::setenv("PERDURE_SYMBOLIZER", "/no/such/program", 1);
    const std::string told = failure_of(place::run, [] { (void)std::getenv("HOME"); });
    ::unsetenv("PERDURE_SYMBOLIZER");
    EXPECT_THAT(told, HasSubstr("workflow code called getenv after the await at flow.hpp:"));
    EXPECT_THAT(told, HasSubstr("workflow's input"));
}

}  // namespace
}  // namespace shop
