#include "world.hpp"

namespace perdure {
namespace {

class Reconnect : public world {};

TEST_F(Reconnect, WorkGoesOnOverARestartOfTheServer) {
    const client caller = connect();
    worker serving(caller, options());
    event running;
    event may_end;
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [&](int value) {
        running.set();
        (void)may_end.wait();
        return value * 2;
    });
    serving.start();
    const auto run = caller.start<Sum>(4, named("restart"));
    ASSERT_TRUE(running.wait());
    server.reset();
    ASSERT_TRUE(eventually([&] { return was_said("lost the connection"); }));
    // The answer is given while there is no server, and reaches the next one.
    may_end.set();
    serve();
    run.signal(Sum::add, -1);
    EXPECT_EQ(run.result(30s), 8);
}

TEST_F(Reconnect, AWorkerMayStartBeforeItsServer) {
    server.reset();
    const client caller = connect();
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    ASSERT_TRUE(eventually([&] { return was_said("lost the connection"); }));
    serve();
    const auto run = caller.start<Sum>(1, named("early"));
    run.signal(Sum::add, -1);
    EXPECT_EQ(run.result(30s), 2);
}

TEST_F(Reconnect, ANamespaceThatDoesNotExistEndsTheWorkerWithTheReason) {
    const client caller = client::connect({.target = "http://127.0.0.1:" + std::to_string(port), .space = "nowhere"});
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    serving.start();
    EXPECT_FALSE(serving.wait());
}

}  // namespace
}  // namespace perdure
