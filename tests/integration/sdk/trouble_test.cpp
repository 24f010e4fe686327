#include <stdexcept>
#include <thread>

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

struct Looping : contract<Looping, "looping", void()> {};
std::atomic<bool> end_loop{false};
task<void> loop(context ctx) {
    co_await ctx.sleep(1ms);
    while (!end_loop.load()) continue;
}
inline constexpr auto loop_def = define_function<Looping>(&loop);

struct Spinning : contract<Spinning, "spinning", void()> {};
task<int> nothing(context) { co_return 0; }
task<void> spin(context ctx) {
    co_await ctx.sleep(1ms);
    while (!end_loop.load()) (void)co_await nothing(ctx);
}
inline constexpr auto spin_def = define_function<Spinning>(&spin);

struct Foreign : contract<Foreign, "foreign", void()> {};
task<void> call_from_another_thread(context ctx) {
    co_await ctx.sleep(1ms);
    std::thread([&ctx] {
        try {
            (void)ctx.now();
        } catch (const std::exception&) {  // the workflow task fails all the same
        }
    }).join();
    co_await ctx.sleep(1h);
}
inline constexpr auto foreign_def = define_function<Foreign>(&call_from_another_thread);

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
    given.guard_workflow_code = false;  // it would notice first
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

TEST_F(Trouble, CodeThatLoopsFailsItsTaskWithItsStackAndOtherRunsGoOn) {
    end_loop = false;
    worker_options given = options();
    given.workflow_threads = 1;
    given.deadlock_timeout = 100ms;
    worker serving(caller, given);
    serving.add_workflow(loop_def);
    serving.add_workflow(spin_def);
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    const auto other = caller.start<Sum>(1, named("other"));
    const auto looping = caller.start<Looping>(named("looping"));
    const auto spinning = caller.start<Spinning>(named("spinning"));
    const auto told = [](const auto& run) {
        for (const auto& line : run.history())
            if (line.type == "WorkflowTaskFailed") return line.json;
        return std::string();
    };
    EXPECT_TRUE(eventually([&] { return !told(looping).empty() && !told(spinning).empty(); }));
    EXPECT_THAT(told(looping), HasSubstr("blocks or loops without awaiting"));
    EXPECT_THAT(told(looping), HasSubstr("stackTrace"));
    EXPECT_THAT(told(spinning), HasSubstr("loops without awaiting"));
    other.signal(Sum::add, -1);
    EXPECT_EQ(other.result(20s), 2);
    looping.terminate("seen enough");
    spinning.terminate("seen enough");
    end_loop = true;
    serving.stop();
}

TEST_F(Trouble, ACallFromAnotherThreadFailsItsTaskAndNotTheWorker) {
    worker_options given = options();
    given.guard_workflow_code = false;  // it would notice the thread
    worker serving(caller, given);
    serving.add_workflow(foreign_def);
    serving.add_workflow<SumWorkflow>();
    serving.add_activity(double_it, [](int value) { return value * 2; });
    serving.start();
    const auto run = caller.start<Foreign>(named("foreign"));
    EXPECT_TRUE(eventually([&] { return was_said("another thread"); }));
    EXPECT_EQ(run.describe().status, "Running");
    const auto other = caller.start<Sum>(1, named("other"));
    other.signal(Sum::add, -1);
    EXPECT_EQ(other.result(20s), 2);
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
