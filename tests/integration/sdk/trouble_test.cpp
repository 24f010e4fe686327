#include <stdexcept>

#include "world.hpp"

namespace perdure {
namespace {

using ::testing::HasSubstr;

struct Blocking : contract<Blocking, "blocking", void()> {};
event* release_blocked = nullptr;
task<void> block(context ctx) {
    co_await ctx.sleep(1ms);
    if (release_blocked != nullptr) (void)release_blocked->wait();
}
inline constexpr auto block_def = define_function<Blocking>(&block);

struct Wrong : contract<Wrong, "wrong", void()> {};
task<void> go_wrong(context ctx) {
    co_await ctx.sleep(1ms);
    throw std::out_of_range("index 7");
}
inline constexpr auto wrong_def = define_function<Wrong>(&go_wrong);

class Trouble : public world {
  protected:
    client caller = connect();
};

TEST_F(Trouble, CodeThatBlocksFailsItsTaskAndOtherRunsGoOn) {
    event release;
    release_blocked = &release;
    worker_options given = options();
    given.workflow_threads = 1;
    given.deadlock_timeout = 300ms;
    worker serving(caller, given);
    serving.add_workflow(block_def);
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    const auto blocked = caller.start<Blocking>(named("blocked"));
    ASSERT_TRUE(eventually([&] { return was_said("has not come back for"); }));
    const auto other = caller.start<Sum>(1, named("other"));
    other.signal(Sum::add, -1);
    EXPECT_EQ(other.result(20s), 2);
    std::string told;
    EXPECT_TRUE(eventually([&] {
        for (const auto& line : blocked.history())
            if (line.type == "WorkflowTaskFailed") told = line.json;
        return !told.empty();
    }));
    EXPECT_THAT(told, HasSubstr("blocks or loops without awaiting"));
    release.set();
    blocked.terminate("seen enough");
    serving.stop();
    release_blocked = nullptr;
}

TEST_F(Trouble, AnOrdinaryExceptionFailsTheTaskAndNotTheWorkflowAndSaysWhatToThrow) {
    worker serving(caller, options());
    serving.add_workflow(wrong_def);
    serving.start();
    const auto run = caller.start<Wrong>(named("wrong"));
    EXPECT_TRUE(eventually([&] { return was_said("index 7"); }));
    EXPECT_TRUE(was_said("perdure::application_error"));
    EXPECT_EQ(run.describe().status, "Running");
}

TEST_F(Trouble, AnUnknownWorkflowTypeIsToldWithThoseThatAreKnown) {
    worker serving(caller, options());
    serving.add_workflow(wrong_def);
    serving.start();
    const auto run = caller.start<Sum>(1, named("unknown"));
    EXPECT_TRUE(eventually([&] { return was_said("this worker has no workflow type \"sum\""); }));
    EXPECT_TRUE(was_said("it has: wrong"));
    EXPECT_EQ(run.describe().status, "Running");
}

TEST_F(Trouble, AWorkerWithNothingToRunRefusesToStart) {
    worker idle(caller, options());
    try {
        idle.start();
        FAIL() << "it started";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("has nothing to run"));
    }
}

TEST_F(Trouble, ATypeThatIsRegisteredTwiceIsRefusedByName) {
    worker serving(caller, options());
    serving.add_workflow<SumWorkflow>();
    EXPECT_THROW(serving.add_workflow<SumWorkflow>(), std::invalid_argument);
    serving.add_activity(double_it, [](int value) { return value; });
    EXPECT_THROW(serving.add_activity(double_it, [](int value) { return value; }), std::invalid_argument);
}

TEST_F(Trouble, OptionsThatCannotWorkAreRefused) {
    worker_options given = options();
    given.task_queue = "";
    EXPECT_THROW(worker(caller, given), std::invalid_argument);
    given = options();
    given.workflow_threads = 0;
    EXPECT_THROW(worker(caller, given), std::invalid_argument);
}

}  // namespace
}  // namespace perdure
