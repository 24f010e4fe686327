#include <gmock/gmock.h>

#include <map>
#include <random>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A run whose first task is done and which has one timer.
void sleep_in_workflow(shard_rig& rig, const std::string& id, std::chrono::milliseconds time) {
    rig.must(rig.start(id));
    rig.must(rig.complete(rig.must(rig.take_task_of(id)), {timer_command("t", time)}));
}

std::optional<wall_time> fired_at(shard_rig& rig, const std::string& id) {
    for (const auto& event : rig.history(id)) {
        if (event.event_type() != pb::enums::EVENT_TYPE_TIMER_FIRED) continue;
        return wall_time{std::chrono::seconds{event.event_time().seconds()} +
                         std::chrono::nanoseconds{event.event_time().nanos()}};
    }
    return std::nullopt;
}

TEST(ShardTimers, FireAtTheMillisecond) {
    shard_rig rig;
    sleep_in_workflow(rig, "o-1", 10ms);
    const wall_time due = rig.now + 10ms;
    ASSERT_TRUE(rig.shard().next_due());
    EXPECT_EQ(*rig.shard().next_due(), due);
    rig.pass(9ms);
    EXPECT_FALSE(fired_at(rig, "o-1"));
    rig.pass(1ms);
    EXPECT_EQ(fired_at(rig, "o-1"), std::optional{due});
}

TEST(ShardTimers, OfAYearTakeNoMemoryUntilTheyAreNear) {
    shard_rig rig;
    sleep_in_workflow(rig, "o-1", 365 * 24h);
    rig.sleep(1h);
    EXPECT_EQ(rig.shard().armed_wakeups(), 0U);
    rig.restart();
    EXPECT_EQ(rig.shard().armed_wakeups(), 0U);
    rig.sleep(365 * 24h - 1h - 1ms);
    EXPECT_EQ(rig.shard().armed_wakeups(), 1U);
    EXPECT_FALSE(fired_at(rig, "o-1"));
    rig.pass(1ms);
    EXPECT_TRUE(fired_at(rig, "o-1"));
}

TEST(ShardTimers, LeaveAnIdleShardWithNothingToDo) {
    shard_rig rig;
    EXPECT_FALSE(rig.shard().next_due());
    sleep_in_workflow(rig, "o-1", 365 * 24h);
    rig.sleep(1h);
    const wall_time year_end = rig.now - 1h + 365 * 24h;
    ASSERT_TRUE(rig.shard().next_due());
    EXPECT_GT(*rig.shard().next_due(), year_end - 2min);
}

TEST(ShardTimers, AreNeitherLostNorEarlyWhenTheClockIsSet) {
    shard_rig rig;
    sleep_in_workflow(rig, "back", 10min);
    sleep_in_workflow(rig, "forward", 2h);
    const wall_time back_due = rig.now + 10min;
    rig.pass(-1h);
    rig.pass(30min);
    EXPECT_FALSE(fired_at(rig, "back")) << "by the clock on the wall its time has not come";
    rig.sleep(40min);
    EXPECT_EQ(fired_at(rig, "back"), std::optional{back_due});
    // An hour that did not pass may make a timer an hour early, not more.
    rig.pass(1h);
    EXPECT_FALSE(fired_at(rig, "forward"));
    rig.sleep(50min);
    EXPECT_TRUE(fired_at(rig, "forward"));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, OfManyRunsFireEachAtItsTimeThroughEvictionsAndRestarts) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 random(seed);
        shard_options options;
        options.cache_bytes = 20'000;
        options.wakeup_window = 10s;
        options.wakeup_page = 4;
        options.wakeup_slack = 3s;
        shard_rig rig(options);
        std::map<std::string, wall_time> due;
        for (int i = 0; i < 60; ++i) {
            const std::string id = "o-" + std::to_string(i);
            const std::chrono::milliseconds time{1 + random() % 90'000};
            due[id] = rig.now + time;
            sleep_in_workflow(rig, id, time);
            rig.sleep(std::chrono::milliseconds{random() % 700});
            if (random() % 10 == 0) rig.restart();
        }
        for (int i = 0; i < 15; ++i) {
            rig.sleep(7s);
            if (random() % 3 == 0) rig.restart();
        }
        for (const auto& [id, time] : due) EXPECT_EQ(fired_at(rig, id), std::optional{time}) << id;
        EXPECT_LE(rig.shard().cached_bytes(), options.cache_bytes + 20'000);
        EXPECT_THAT(rig.findings(), IsEmpty());
    }
}

TEST(ShardTimers, DueAtTheSameMomentAllFire) {
    shard_options options;
    options.wakeup_page = 10;
    shard_rig rig(options);
    for (int i = 0; i < 200; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h);
    rig.sleep(30min);
    rig.restart();
    rig.sleep(30min);
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(fired_at(rig, "o-" + std::to_string(i))) << i;
}

TEST(ShardTimers, OfManyRunsAtOnceLeaveEachOtherCallItsTurn) {
    shard_options options;
    options.fired_runs_a_turn = 5;
    shard_rig rig(options);
    for (int i = 0; i < 100; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h);
    rig.must(rig.start("other"));
    const std::size_t before = rig.offers.size();
    rig.pass(1h);
    EXPECT_EQ(rig.offers.size(), before + 5) << "a turn wakes five";
    rig.must(rig.complete(rig.must(rig.take_task_of("other")), {complete_command()}));
    EXPECT_EQ(rig.offers.size(), before + 4) << "and what is asked for meanwhile is done without waking more";
    EXPECT_LE(rig.shard().next_due().value(), rig.now) << "the rest is due still";
    for (int turn = 1; turn < 20; ++turn) rig.pass(0ns);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(fired_at(rig, "o-" + std::to_string(i))) << i;
}

TEST(ShardTimers, AreToldToTheirWorkflowsAheadOfTheDiskInAnyCrowd) {
    shard_rig rig;
    sleep_in_workflow(rig, "sleeper", 1h);
    for (int i = 0; i < 50; ++i) rig.must(rig.start("o-" + std::to_string(i)));
    rig.writes.at_once = false;
    rig.must(rig.take_task_of("o-1"));
    rig.pass(1h);
    ASSERT_GT(rig.writes.waiting(), 0U);
    const auto woken = rig.must(rig.take_task_of("sleeper"));
    while (rig.writes.step()) continue;
    rig.writes.at_once = true;
    rig.must(rig.complete(woken, {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, WaitForTheDiskOnceABatchIsFull) {
    shard_options options;
    options.fired_runs_a_turn = 1'000;
    options.fired_runs_a_batch = 30;
    shard_rig rig(options);
    for (int i = 0; i < 100; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h);
    rig.writes.at_once = false;
    rig.pass(1h);
    ASSERT_EQ(rig.writes.waiting(), 1U);
    rig.pass(1ms);
    EXPECT_EQ(rig.offers.size(), 60U) << "thirty are being written, thirty wait";
    EXPECT_FALSE(rig.shard().next_due() && *rig.shard().next_due() <= rig.now) << "nothing can be done before the disk answers";
    rig.writes.step();
    EXPECT_EQ(rig.watched.last_runs, 30U);
    rig.pass(0ns);
    EXPECT_EQ(rig.offers.size(), 90U);
    while (rig.writes.step()) rig.pass(0ns);
    EXPECT_EQ(rig.offers.size(), 100U);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, OfRunsThatAreLeftOutOfABatchTakeNoPlaceInIt) {
    shard_options options;
    options.answer_delay = 20ms;
    options.fired_runs_a_turn = 1'000;
    options.fired_runs_a_batch = 30;
    shard_rig rig(options);
    for (int i = 0; i < 100; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h);
    rig.writes.at_once = false;
    rig.pass(1h);
    ASSERT_EQ(rig.offers.size(), 60U) << "thirty are being written, thirty wait";
    std::vector<pb::service::PollWorkflowTaskQueueResponse> tasks;
    for (int i = 0; i < 60; ++i) tasks.push_back(rig.must(rig.take_workflow_task()));
    EXPECT_EQ(rig.writes.waiting(), 1U);
    rig.pass(0ns);
    EXPECT_EQ(rig.offers.size(), 30U) << "their workers answer before they are written, so there is room for others";
    while (!rig.offers.empty()) {
        while (!rig.offers.empty()) tasks.push_back(rig.must(rig.take_workflow_task()));
        rig.pass(0ns);
    }
    EXPECT_EQ(tasks.size(), 100U) << "before the disk did anything";
    rig.writes.step();
    rig.writes.at_once = true;
    for (const auto& task : tasks) static_cast<void>(rig.complete(task, {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, AreNotHeldUpByADiskThatIsSlow) {
    shard_options options;
    options.fired_runs_a_turn = 1'000;
    options.fired_runs_a_batch = 30;
    options.fired_batch_time = 50ms;
    shard_rig rig(options);
    for (int i = 0; i < 200; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h);
    rig.writes.at_once = false;
    rig.pass(1h);
    rig.pass(1ms);
    ASSERT_EQ(rig.offers.size(), 60U) << "thirty are being written, thirty wait";
    ASSERT_TRUE(rig.shard().next_due());
    EXPECT_EQ(*rig.shard().next_due(), rig.now + 49ms);
    rig.pass(49ms);
    EXPECT_EQ(rig.offers.size(), 90U);
    rig.pass(49ms);
    EXPECT_EQ(rig.offers.size(), 90U) << "not more than so many in such a time";
    rig.pass(1ms);
    EXPECT_EQ(rig.offers.size(), 120U);
    for (int turn = 0; turn < 20; ++turn) rig.pass(50ms);
    EXPECT_EQ(rig.offers.size(), 200U);
    EXPECT_EQ(rig.writes.waiting(), 1U) << "all of it while one flush took so long";
    while (rig.writes.step()) continue;
    rig.writes.at_once = true;
    rig.pass(0ns);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, AreMeasuredFromTheirTimeToTheirEventAndToTheirWorker) {
    shard_rig rig;
    sleep_in_workflow(rig, "o-1", 10ms);
    EXPECT_THAT(rig.came_late, IsEmpty()) << "a start and an answer are no wake-ups";
    rig.pass(13ms);
    EXPECT_THAT(rig.came_late, ElementsAre(Pair(wakeup_stage::fired, ElementsAre(3ms))));
    rig.pass(4ms);
    rig.must(rig.take_task_of("o-1"));
    EXPECT_THAT(rig.came_late[wakeup_stage::handed_over], ElementsAre(7ms));
    EXPECT_THAT(rig.came_late[wakeup_stage::fired], ElementsAre(3ms));
}

TEST(ShardTimers, ThatCouldNotBeLookedForAreFoundLater) {
    shard_options options;
    options.cache_bytes = 0;
    shard_rig rig(options);
    sleep_in_workflow(rig, "o-1", 10min);
    rig.restart();
    rig.watched.due_failures = 3;
    const wall_time due = rig.now + 10min;
    rig.sleep(1h);
    EXPECT_EQ(rig.watched.due_failures, 0);
    EXPECT_EQ(fired_at(rig, "o-1"), std::optional{due});
}

TEST(ShardTimers, OfRunsThatComeAndGoInTheCacheFireEachOnce) {
    shard_options options;
    options.cache_bytes = 30'000;
    shard_rig rig(options);
    for (int i = 0; i < 50; ++i) sleep_in_workflow(rig, "o-" + std::to_string(i), 1h + i * 1s);
    ASSERT_LT(rig.shard().cached_runs(), 20U);
    // Whoever is looked at comes back into the cache, and pushes others out.
    for (int i = 49; i >= 0; i -= 3) static_cast<void>(rig.info("o-" + std::to_string(i)));
    rig.sleep(2h);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(fired_at(rig, "o-" + std::to_string(i))) << i;
    EXPECT_EQ(rig.offers.size(), 50U);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTimers, OfAHundredThousandSleepersAreNotReadAtTheStart) {
    shard_rig rig;
    sleep_in_workflow(rig, "o-1", 365 * 24h);
    const auto one = rig.must(rig.watched.load_run(1));
    const auto row = rig.must(rig.watched.scan_runs(0, 1)).front();
    const std::int64_t epoch = rig.must(take_lease(rig.memory, "writer")).epoch;
    run_number next = 2;
    while (next < 100'000) {
        commit_batch batch;
        batch.epoch = epoch;
        for (int i = 0; i < 1'000 && next < 100'000; ++i, ++next) {
            run_write write;
            write.run = next;
            write.created = run_key{"default", "sleeper-" + std::to_string(next), "run-" + std::to_string(next)};
            write.visibility = row;
            write.visibility->run = next;
            write.visibility->workflow_id = write.created->workflow_id;
            write.visibility->run_id = write.created->run_id;
            write.records = one->records;
            write.wakeup = one->wakeup;
            batch.runs.push_back(std::move(write));
        }
        rig.must(rig.memory.commit(batch));
    }
    rig.watched.loads = 0;
    rig.restart();
    EXPECT_EQ(rig.watched.loads, 0);
    EXPECT_EQ(rig.shard().armed_wakeups(), 0U);
    EXPECT_EQ(rig.shard().cached_runs(), 0U);
    rig.must(rig.signal("o-1"));
    EXPECT_EQ(rig.watched.loads, 1);
}

}  // namespace
}  // namespace perdure::history
