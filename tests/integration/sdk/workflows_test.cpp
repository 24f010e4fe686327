#include <algorithm>
#include <future>

#include "world.hpp"

namespace perdure {
namespace {

using ::testing::HasSubstr;

class Workflows : public world {};

TEST_F(Workflows, RunOverSocketsWithSignalsQueriesAndAResult) {
    const client caller = connect();
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();

    const auto run = caller.start<Sum>(4, named("sum-1"));
    EXPECT_TRUE(eventually([&] { return run.query(Sum::total) == 8; }));
    run.signal(Sum::add, 5);
    EXPECT_TRUE(eventually([&] { return run.query(Sum::total) == 13; }));
    run.signal(Sum::add, -1);
    EXPECT_EQ(run.result(20s), 13);
    EXPECT_EQ(run.describe().status, "Completed");
    EXPECT_EQ(run.history().front().type, "WorkflowExecutionStarted");
    // A closed run answers too, from its history.
    EXPECT_EQ(caller.attach<Sum>("sum-1").query(Sum::total), 13);
}

TEST_F(Workflows, AreStartedAndAwaitedInOneCall) {
    const client caller = connect();
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return 2 * value; });
    serving.start();
    auto whole = std::async(std::launch::async, [&] { return caller.execute<Sum>(4, named("sum-2"), 60s); });
    const auto run = caller.attach<Sum>("sum-2");
    const auto total_is = [&](int wanted) {
        return eventually([&] {
            try {
                return run.query(Sum::total) == wanted;
            } catch (const service_error&) {
                return false;
            }
        });
    };
    ASSERT_TRUE(total_is(8));
    // The server goes with the call in it; the call is repeated to the next one, and finds the run that it started.
    server.reset();
    serve();
    run.signal(Sum::add, 5);
    ASSERT_TRUE(total_is(13));
    run.signal(Sum::add, -1);
    EXPECT_EQ(whole.get(), 13);
    EXPECT_EQ(std::ranges::count(run.untyped().history(), std::string("WorkflowExecutionStarted"), &history_line::type), 1);
}

TEST_F(Workflows, GoOnWithoutACacheAndWithOneThatHoldsNothing) {
    const client caller = connect();
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}}) {
        worker_options given = options();
        given.cache_bytes = bytes;
        worker serving(caller, given);
        serving.add_workflow<SumWorkflow>();
        serving.add_activity(double_it, [](int value) { return value * 2; });
        serving.start();
        const auto run = caller.start<Sum>(1, named("cache-" + std::to_string(bytes)));
        for (int step = 0; step < 5; ++step) run.signal(Sum::add, 1);
        run.signal(Sum::add, -1);
        EXPECT_EQ(run.result(20s), 7);
    }
}

TEST_F(Workflows, ManyAtOnceAllComeToTheirEnd) {
    const client caller = connect();
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    std::vector<run_handle<Sum>> runs;
    for (int index = 0; index < 50; ++index) runs.push_back(caller.start<Sum>(index, named("many-" + std::to_string(index))));
    for (const auto& run : runs) run.signal(Sum::add, -1);
    for (int index = 0; index < 50; ++index) EXPECT_EQ(runs[static_cast<std::size_t>(index)].result(60s), index * 2);
}

TEST_F(Workflows, MoveToAnotherWorkerWhenTheirsStops) {
    const client caller = connect();
    const auto make = [&] {
        auto made = std::make_unique<worker>(caller, options());
        made->add_workflow<SumWorkflow>();
        made->add_activity(double_it, [](int value) { return value * 2; });
        made->start();
        return made;
    };
    auto first = make();
    const auto run = caller.start<Sum>(1, named("moving"));
    ASSERT_TRUE(eventually([&] { return run.query(Sum::total) == 2; }));
    first->stop();
    auto second = make();
    run.signal(Sum::add, 3);
    run.signal(Sum::add, -1);
    EXPECT_EQ(run.result(30s), 5);
}

TEST_F(Workflows, ACancelEndsARunThatDoesNotMind) {
    const client caller = connect();
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    const auto run = caller.start<Sum>(1, named("cancelled"));
    run.cancel("enough");
    try {
        (void)run.result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_TRUE(failed.caused_by<cancelled_error>());
    }
}

TEST_F(Workflows, AnEmbeddedWorkerUsesTheSameServerWithoutASocket) {
    const client inside = server->client();
    worker serving(inside, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    const auto run = connect().start<Sum>(21, named("inside"));
    run.signal(Sum::add, -1);
    EXPECT_EQ(inside.attach<Sum>("inside").result(20s), 42);
}

}  // namespace
}  // namespace perdure
