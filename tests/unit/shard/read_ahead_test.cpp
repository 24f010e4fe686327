#include "history_service/shard/read_ahead.hpp"

#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void put_to_sleep(shard_rig& rig, const std::string& id, std::chrono::milliseconds time) {
    rig.must(rig.start(id));
    rig.must(rig.complete(rig.must(rig.take_task_of(id)), {timer_command("t", time)}));
}

bool has_fired(shard_rig& rig, const std::string& id) {
    for (const auto& event : rig.history(id))
        if (event.event_type() == pb::enums::EVENT_TYPE_TIMER_FIRED) return true;
    return false;
}

TEST(ReadAhead, ReadsARunShortlyBeforeItsTimeSoThatItFiresWithoutTheStore) {
    shard_rig rig;
    put_to_sleep(rig, "o-1", 10min);
    rig.restart();
    rig.sleep(10min - 1100ms);
    EXPECT_EQ(rig.watched.loads_ahead, 0) << "its time is not near";
    rig.pass(200ms);
    EXPECT_EQ(rig.watched.loads_ahead, 1);
    EXPECT_EQ(rig.shard().cached_runs(), 0U);
    EXPECT_GT(rig.shard().cached_bytes(), 0U) << "what was read is in the account";
    rig.watched.load_failure = service_failure{status_code::unavailable, "the disk is away"};
    rig.pass(900ms);
    ASSERT_EQ(rig.offers.size(), 1U);
    rig.watched.load_failure.reset();
    EXPECT_EQ(rig.watched.loads, 0);
    rig.must(rig.complete(rig.must(rig.take_task_of("o-1")), {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ReadAhead, GivesAlsoTheEventsThatTheNextTaskGoesOnAfter) {
    shard_rig rig;
    put_to_sleep(rig, "o-1", 10min);
    rig.restart();
    rig.sleep(10min - 500ms);
    rig.pass(500ms);
    rig.watched.event_reads = 0;
    const auto task = rig.must(rig.take_task_of("o-1"));
    EXPECT_EQ(rig.watched.event_reads, 0);
    ASSERT_GT(task.history().events_size(), 0);
    const auto whole = rig.history("o-1");
    for (const auto& event : task.history().events())
        EXPECT_EQ(event.SerializeAsString(), whole.at(static_cast<std::size_t>(event.event_id()) - 1).SerializeAsString());
}

TEST(ReadAhead, OfARunThatChangedMeanwhileIsVoid) {
    shard_options options;
    options.cache_bytes = 16'000;
    shard_rig rig(options);
    put_to_sleep(rig, "o-1", 10min);
    for (int i = 0; i < 30; ++i) rig.must(rig.start("other-" + std::to_string(i)));
    rig.restart();
    rig.reads.at_once = false;
    rig.sleep(10min - 500ms);
    ASSERT_EQ(rig.reads.waiting(), 1U);
    rig.reads.work_ahead();
    // Its rows are on their way. It changes, is written, and leaves the memory before they come.
    rig.must(rig.signal("o-1"));
    rig.watched.loads = 0;
    for (int i = 0; i < 30; ++i) static_cast<void>(rig.info("other-" + std::to_string(i)));
    static_cast<void>(rig.info("o-1"));
    ASSERT_EQ(rig.watched.loads, 31) << "the run did not leave the memory, so this test shows nothing";
    for (int i = 0; i < 30; ++i) static_cast<void>(rig.info("other-" + std::to_string(i)));
    while (rig.reads.step()) continue;
    rig.reads.at_once = true;
    rig.pass(500ms);
    EXPECT_TRUE(has_fired(rig, "o-1"));
    rig.must(rig.complete(rig.must(rig.take_task_of("o-1")), {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ReadAhead, ThatFailsOrComesTooLateIsMadeUpForAtTheTime) {
    shard_rig rig;
    put_to_sleep(rig, "fails", 10min);
    put_to_sleep(rig, "late", 20min);
    rig.restart();
    rig.watched.load_failure = service_failure{status_code::unavailable, "the disk is away"};
    rig.sleep(10min - 500ms);
    ASSERT_EQ(rig.watched.loads_ahead, 1);
    rig.watched.load_failure.reset();
    rig.pass(500ms);
    EXPECT_TRUE(has_fired(rig, "fails"));
    rig.reads.at_once = false;
    rig.sleep(10min - 500ms);
    ASSERT_EQ(rig.reads.waiting(), 1U);
    rig.pass(500ms);
    EXPECT_TRUE(has_fired(rig, "late"));
    while (rig.reads.step()) continue;
    rig.must(rig.complete(rig.must(rig.take_task_of("late")), {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ReadAhead, OfMoreThanMayBeHeldLeavesTheRestForItsTime) {
    shard_options options;
    options.cache_bytes = 64'000;
    shard_rig rig(options);
    for (int i = 0; i < 200; ++i) put_to_sleep(rig, "o-" + std::to_string(i), 1h);
    rig.restart();
    rig.watched.loads = 0;
    rig.sleep(1h - 500ms);
    for (int turn = 0; turn < 50; ++turn) rig.pass(0ns);
    EXPECT_GT(rig.watched.loads_ahead, 0);
    EXPECT_LT(rig.watched.loads_ahead, 200);
    // An eighth of the cache, and what one read brings beyond it.
    EXPECT_LE(rig.shard().cached_bytes(), 64'000U / 8 + 64'000U);
    rig.pass(500ms);
    for (int turn = 0; turn < 50; ++turn) rig.pass(0ns);
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(has_fired(rig, "o-" + std::to_string(i))) << i;
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ReadAhead, LooksAtEachWakeUpOnceAndGoesOnWhenTheClockIsSetBack) {
    memory_store memory;
    stepped_background reads;
    read_ahead ahead(memory, reads, {.span = 1s, .runs = 2});
    wakeup_window window;
    const wall_time start{1'000'000s};
    for (run_number run = 1; run <= 5; ++run) window.put({start + run * 100ms, run});
    std::vector<run_number> asked;
    const auto is_known = [&](run_number run) {
        asked.push_back(run);
        return false;
    };
    for (int turn = 0; turn < 4; ++turn) ahead.look(window, start, is_known, [] {});
    EXPECT_THAT(asked, ElementsAre(1, 2, 3, 4, 5));
    ahead.look(window, start - 1h, is_known, [] {});
    window.put({start - 59min, 6});
    ahead.look(window, start - 1h + 59500ms, is_known, [] {});
    EXPECT_THAT(asked, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ReadAhead, IsAskedOnceAtATimeAndOutlivedByWhatItAsked) {
    memory_store memory;
    stepped_background reads;
    reads.at_once = false;
    auto ahead = std::make_unique<read_ahead>(memory, reads, read_ahead::bounds{.runs = 2});
    wakeup_window window;
    const wall_time start{1'000'000s};
    for (run_number run = 1; run <= 5; ++run) window.put({start + run * 100ms, run});
    int told = 0;
    for (int turn = 0; turn < 3; ++turn) ahead->look(window, start, [](run_number) { return false; }, [&] { ++told; });
    EXPECT_EQ(reads.waiting(), 1U);
    ahead.reset();
    while (reads.step()) continue;
    EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace perdure::history
