#include <gmock/gmock.h>

#include <deque>

#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/shard/rig.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

// One step of a loop: the worker answers a task with an activity, the activity ends.
std::size_t step_bytes(shard_rig& rig, int step) {
    const std::size_t before = rig.watched.bytes;
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a-" + std::to_string(step))}));
    rig.must(rig.complete(rig.must(rig.take_activity_task())));
    return rig.watched.bytes - before;
}

TEST(ShardCost, BytesOfAStepDoNotDependOnTheLengthOfTheHistory) {
    shard_options options;
    options.bounds.history_events = 100'000;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    std::size_t early = 0;
    std::size_t late = 0;
    // Six events a step.
    constexpr int early_step = 2;
    constexpr int last_step = 1'700;
    for (int step = 0; step <= last_step; ++step) {
        const std::size_t bytes = step_bytes(rig, step);
        if (step == early_step) early = bytes;
        if (step == last_step) late = bytes;
    }
    EXPECT_GE(rig.history("o-1").size(), 10'000U);
    // Ids are a few digits longer, and a checkpoint may fall into the very step.
    EXPECT_LE(late, early + 64 + options.checkpoint_bytes / 2) << early;
    const std::size_t all = rig.watched.bytes;
    EXPECT_LE(all, static_cast<std::size_t>(last_step + 1) * (early + 200)) << "checkpoints are spread over the steps";
}

TEST(ShardCost, ChangesOfAlotOfStateAreNoDearerThanOfALittle) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    std::vector<pb::command::Command> commands;
    for (int i = 0; i < 1'000; ++i) commands.push_back(activity_command("a-" + std::to_string(i)));
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), std::move(commands)));
    const auto one = rig.must(rig.take_activity_task());
    rig.must(rig.complete(one));
    EXPECT_LT(rig.watched.last_bytes, 1'000U) << "a completion writes itself, not its neighbours";
}

TEST(ShardCost, AHotRunIsNeverReadFromTheStore) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.watched.loads = 0;
    for (int step = 0; step < 20; ++step) step_bytes(rig, step);
    EXPECT_EQ(rig.watched.loads, 0);
}

TEST(ShardCost, TheCacheKeepsItsBoundWhateverPassesThroughIt) {
    shard_options options;
    options.cache_bytes = 100'000;
    shard_rig rig(options);
    for (int i = 0; i < 500; ++i) rig.must(rig.start("o-" + std::to_string(i)));
    EXPECT_LE(rig.shard().cached_bytes(), options.cache_bytes);
    EXPECT_LT(rig.shard().cached_runs(), 500U);
    for (int i = 0; i < 500; i += 7) rig.must(rig.signal("o-" + std::to_string(i)));
    EXPECT_LE(rig.shard().cached_bytes(), options.cache_bytes);
    EXPECT_THAT(rig.findings(), ::testing::IsEmpty());
}

TEST(ShardCost, ReloadsFromACheckpointAndNotFromTheFirstRecord) {
    shard_options options;
    options.checkpoint_bytes = 2'000;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    for (int step = 0; step < 100; ++step) step_bytes(rig, step);
    const auto loaded = rig.must(rig.watched.load_run(1));
    ASSERT_TRUE(loaded->checkpoint);
    EXPECT_LT(loaded->records.size(), 60U);
    rig.restart();
    EXPECT_EQ(rig.info("o-1").history_length(), 602);
    EXPECT_THAT(rig.findings(), ::testing::IsEmpty());
}

TEST(ShardCost, ATaskThatIsTakenAtOnceCostsNoRow) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a")}));
    rig.writes.at_once = false;
    // Another run keeps the disk busy, so that what follows is one batch.
    rig.shard().start_workflow_execution(start_request("o-2"), [](auto) {});
    const offered_task activity = rig.offers.front();
    rig.shard().start_activity_task(activity.run, activity.task, {"worker"}, [](auto) {});
    while (rig.writes.step()) continue;
    EXPECT_TRUE(rig.must(rig.memory.outstanding_tasks(activity.queue, {}, 10)).empty());
}

/// A worker with many slots: takes all that is offered, and answers when the test says so.
class busy_worker {
  public:
    explicit busy_worker(shard_rig& rig) : rig_(rig) {}

    void take() {
        for (const offered_task& offer : std::vector<offered_task>(rig_.offers)) {
            if (offer.task.kind == task_kind::workflow)
                rig_.shard().start_workflow_task(offer.run, offer.task, {"worker"}, false,
                                                 [this](auto task) { tasks_.push_back(rig_.must(std::move(task))); });
            else
                rig_.shard().start_activity_task(offer.run, offer.task, {"worker"},
                                                 [this](auto task) { activities_.push_back(rig_.must(std::move(task))); });
        }
    }
    /// Answers the oldest workflow task with an activity. False: there is none.
    bool step() {
        if (tasks_.empty()) return false;
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        static_cast<void>(rig_.complete(task, {activity_command("a-" + std::to_string(++steps))}));
        return true;
    }
    bool end_activity() {
        if (activities_.empty()) return false;
        const auto activity = std::move(activities_.front());
        activities_.pop_front();
        static_cast<void>(rig_.complete(activity));
        return true;
    }

    int steps = 0;

  private:
    shard_rig& rig_;
    std::deque<pb::service::PollWorkflowTaskQueueResponse> tasks_;
    std::deque<pb::service::PollActivityTaskQueueResponse> activities_;
};

TEST(ShardCost, AStepIsOneWriteAlsoWhenManyRunsTakeTurns) {
    shard_options options;
    options.commit_delay = 2ms;
    options.answer_delay = 20ms;
    shard_rig rig(options);
    constexpr int runs = 64;
    for (int i = 0; i < runs; ++i) rig.must(rig.start("o-" + std::to_string(i)));
    busy_worker worker(rig);
    rig.writes.at_once = false;
    // A step is an activity that ends, the workflow task for it, and the answer with the next activity. The disk is slower than
    // the worker, and each batch meets runs in all stages.
    const auto work = [&](int steps) {
        for (int turn = 0; worker.steps < steps; ++turn) {
            ASSERT_LT(turn, 1'000'000) << "everybody waits for everybody";
            if (turn % 3 == 0) worker.step();
            if (turn % 3 == 1) worker.end_activity();
            worker.take();
            if (turn % 17 == 0) rig.writes.step();
            rig.pass(20us);
        }
    };
    work(2 * runs);
    const std::size_t writes_before = rig.watched.run_writes;
    const int commits_before = rig.watched.commits;
    constexpr int steps = 20 * runs;
    work(2 * runs + steps);
    const double writes = static_cast<double>(rig.watched.run_writes - writes_before) / steps;
    EXPECT_LE(writes, 1.1);
    EXPECT_GE(writes, 0.9) << "each step is written";
    EXPECT_LT(rig.watched.commits - commits_before, steps / 2) << "and many share a flush";
    while (rig.writes.step()) continue;
    rig.writes.at_once = true;
    rig.pass(1s);
    EXPECT_THAT(rig.findings(), ::testing::IsEmpty());
}

TEST(ShardCost, WorksTheSameOnSqlite) {
    const temporary_folder folder;
    sqlite_options file;
    file.path = folder.path("perdure.db");
    const auto db = shard_rig::must(open_sqlite_store(file));
    shard_rig rig({}, db.get());
    rig.must(rig.start("o-1"));
    for (int step = 0; step < 30; ++step) {
        step_bytes(rig, step);
        if (step % 10 == 0) {
            const auto offers = rig.offers;
            rig.restart();
            rig.offers = offers;
        }
    }
    EXPECT_EQ(rig.history("o-1", "", 7).size(), 182U);
    EXPECT_THAT(rig.findings(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace perdure::history
