#include "history_service/shard/commit_queue.hpp"

#include <gmock/gmock.h>

#include <random>

#include "history_service/store/lease.hpp"
#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using waiter = commit_queue::waiter;

/// A queue, its disk, and runs that change.
class desk {
  public:
    desk() : queue_(rows, writes, shard_rig::must(take_lease(rows, "test")).epoch) { writes.at_once = false; }

    commit_queue& queue() { return queue_; }

    /// One more transition of the run; the first one makes it.
    void change(run_number run) {
        run_entry& entry = entries_.try_emplace(run, run, run_state{}).first->second;
        run_write& write = queue_.write_of(entry);
        const std::string id = std::to_string(run);
        if (entry.written_sequence == 0) {
            write.created = run_key{"default", "o-" + id, "r-" + id};
            write.visibility =
                visibility_row{.run = run, .namespace_name = "default", .workflow_id = "o-" + id, .run_id = "r-" + id};
        }
        write.records.push_back({++entry.written_sequence, entry.written_sequence, 1, "record"});
    }
    [[nodiscard]] std::int64_t sequence(run_number run) { return entries_.at(run).written_sequence; }
    /// Makes the run and writes it.
    void create(run_number run) {
        change(run);
        flush();
    }
    /// Says its name when it is released, or its name with a "!" when it is lost.
    void hold(run_number run, const std::string& name, waiter who = waiter::waits) { queue_.hold(run, told(name), who); }
    commit_queue::release told(const std::string& name) {
        return [this, name](const service_failure* lost) { said.push_back(lost != nullptr ? name + "!" : name); };
    }

    void submit() {
        queue_.submit(
            [this](const result<done>& outcome) {
                if (!outcome) {
                    for (const auto& release : queue_.fail()) release(&outcome.error());
                    entries_.clear();
                    return;
                }
                for (const auto written = queue_.succeed(); const auto& release : written.released) release(nullptr);
            },
            false);
    }
    /// One batch goes and is written.
    void flush() {
        submit();
        ASSERT_TRUE(writes.step());
    }
    /// What the store has of the run.
    [[nodiscard]] std::int64_t stored(run_number run) {
        const auto journal = shard_rig::must(rows.read_journal(run, 0, 10'000));
        return journal.empty() ? 0 : journal.back().sequence;
    }

    memory_store memory;
    watched_store rows{memory};
    stepped_background writes;
    std::vector<std::string> said;

  private:
    std::map<run_number, run_entry> entries_;
    commit_queue queue_;
};

TEST(CommitQueue, LeavesAWriteOutUntilItIsTakenAlong) {
    desk d;
    d.create(1);
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 0ms));
    EXPECT_TRUE(d.queue().nothing_to_write());
    EXPECT_FALSE(d.queue().nothing_waits());
    d.hold(1, "one", waiter::has_time);
    d.change(2);
    d.hold(2, "two");
    d.flush();
    EXPECT_THAT(d.said, ElementsAre("two"));
    EXPECT_TRUE(d.queue().is_durable(2));
    EXPECT_FALSE(d.queue().is_durable(1));
    d.change(1);
    d.queue().take_along(1);
    d.hold(1, "one more");
    d.flush();
    EXPECT_THAT(d.said, ElementsAre("two", "one", "one more"));
    EXPECT_EQ(d.stored(1), 3);
    EXPECT_TRUE(d.queue().nothing_waits());
}

TEST(CommitQueue, WhoWaitsTakesARunAlongAndNobodyLeavesItOutAgain) {
    desk d;
    d.create(1);
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 0ms));
    EXPECT_FALSE(d.queue().is_waited_for());
    d.hold(1, "client");
    EXPECT_TRUE(d.queue().is_waited_for());
    d.change(1);
    EXPECT_FALSE(d.queue().leave_out(1, 0ms));
    d.flush();
    EXPECT_THAT(d.said, ElementsAre("client"));
    EXPECT_FALSE(d.queue().is_waited_for());
}

TEST(CommitQueue, NeverLeavesANewRunOutNorOneThatIsErased) {
    desk d;
    d.change(1);
    EXPECT_FALSE(d.queue().leave_out(1, 0ms));
    d.flush();
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 0ms));
    d.queue().erase(1);
    EXPECT_FALSE(d.queue().nothing_to_write());
    EXPECT_TRUE(d.queue().is_erased(1));
    d.flush();
    EXPECT_FALSE(d.queue().is_erased(1));
    EXPECT_TRUE(d.queue().nothing_waits());
}

TEST(CommitQueue, HoldsOfARunWaitForItsOwnWritesOnly) {
    desk d;
    d.create(1);
    d.change(1);
    d.submit();
    d.hold(1, "in the batch under way");
    d.change(1);
    d.hold(1, "in the next");
    d.hold(2, "of a run that is as it was");
    EXPECT_THAT(d.said, ElementsAre("of a run that is as it was"));
    d.writes.step();
    EXPECT_THAT(d.said, ElementsAre("of a run that is as it was", "in the batch under way"));
    d.flush();
    EXPECT_EQ(d.said.back(), "in the next");
}

TEST(CommitQueue, AHoldForAllWaitsForEverythingBeforeItAndForNothingElse) {
    desk d;
    d.queue().hold_for_all(d.told("nothing waits"));
    EXPECT_THAT(d.said, ElementsAre("nothing waits"));
    d.create(1);
    d.change(1);
    d.submit();
    d.queue().hold_for_all(d.told("the batch under way"));
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 0ms));
    d.queue().hold_for_all(d.told("what was left out"));
    EXPECT_FALSE(d.queue().nothing_to_write());
    d.writes.step();
    EXPECT_EQ(d.said.back(), "the batch under way");
    d.submit();
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 0ms));
    d.writes.step();
    EXPECT_EQ(d.said.back(), "what was left out");
}

TEST(CommitQueue, EndsTheWaitOfEachWriteInItsTime) {
    desk d;
    for (const run_number run : {1, 2, 3}) d.create(run);
    for (const run_number run : {1, 2, 3}) {
        d.change(run);
        EXPECT_TRUE(d.queue().leave_out(run, run * 10ms));
    }
    // Left out again, it has waited since the first time.
    d.queue().take_along(1);
    EXPECT_TRUE(d.queue().leave_out(1, 25ms));
    EXPECT_EQ(d.queue().end_waits(9ms), std::optional<commit_queue::instant>(10ms));
    EXPECT_TRUE(d.queue().nothing_to_write());
    EXPECT_EQ(d.queue().end_waits(20ms), std::optional<commit_queue::instant>(30ms));
    EXPECT_TRUE(d.queue().is_waited_for());
    d.flush();
    EXPECT_EQ(d.rows.last_runs, 2U);
    EXPECT_EQ(d.queue().end_waits(30ms), std::nullopt);
    d.flush();
    EXPECT_EQ(d.stored(3), 2);
}

TEST(CommitQueue, AWriteWhoseTimeIsUpWhileItGoesIsNotLeftOutAgain) {
    desk d;
    d.create(1);
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 10ms));
    d.queue().take_along(1);
    EXPECT_EQ(d.queue().end_waits(9ms), std::optional<commit_queue::instant>(10ms)) << "it may be left out again";
    EXPECT_EQ(d.queue().end_waits(10ms), std::nullopt);
    d.change(1);
    EXPECT_FALSE(d.queue().leave_out(1, 31ms));
    EXPECT_TRUE(d.queue().goes(1));
    d.flush();
    EXPECT_FALSE(d.queue().goes(1));
    d.change(1);
    EXPECT_TRUE(d.queue().leave_out(1, 32ms)) << "the next write has a time of its own";
    EXPECT_FALSE(d.queue().goes(1));
}

TEST(CommitQueue, ReleasesABatchInTheOrderInWhichItWasHeld) {
    desk d;
    std::vector<std::string> expected;
    for (int i = 0; i < 300; ++i) {
        const run_number run = 1 + (i * 7) % 100;
        d.change(run);
        expected.push_back(std::to_string(i));
        d.hold(run, expected.back());
    }
    d.flush();
    EXPECT_EQ(d.said, expected);
}

TEST(CommitQueue, AFailureIsToldToEverybodyInTheirOrder) {
    desk d;
    for (const run_number run : {1, 2, 3}) d.create(run);
    d.change(1);
    d.hold(1, "under way");
    d.submit();
    d.change(2);
    d.queue().leave_out(2, 0ms);
    d.hold(2, "left out", waiter::has_time);
    d.change(3);
    d.hold(3, "waiting");
    d.queue().point({"default", "o-3", "r-3"}, 3);
    d.queue().hold_for_all(d.told("all"));
    EXPECT_THAT(d.queue().runs_under_way(), UnorderedElementsAre(1, 2, 3));
    d.rows.commit_failure = service_failure{status_code::unavailable, "no space"};
    d.writes.step();
    EXPECT_THAT(d.said, ElementsAre("under way!", "left out!", "waiting!", "all!"));
    EXPECT_THAT(d.queue().runs_under_way(), IsEmpty());
    EXPECT_TRUE(d.queue().nothing_waits());
    EXPECT_FALSE(d.queue().is_waited_for());
    EXPECT_EQ(d.queue().pointer("default", "o-3"), std::nullopt);
}

// Anything in any order: what is released is in the store, a run's releases come as they were held, and in the end all came.
TEST(CommitQueue, KeepsItsPromisesInAnyOrder) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 random(seed);
        const auto draw = [&](std::uint64_t n) { return random() % n; };
        desk d;
        commit_queue& queue = d.queue();
        constexpr run_number runs = 9;
        for (run_number run = 1; run <= runs; ++run) d.create(run);
        commit_queue::instant now{};
        std::map<run_number, int> held;
        std::map<run_number, int> released;
        std::size_t for_all = 0;
        for (int step = 0; step < 1'000; ++step) {
            const auto run = static_cast<run_number>(1 + draw(runs));
            now += 1ms;
            switch (draw(8)) {
                case 0:
                case 1:
                    d.change(run);
                    if (draw(2) == 0)
                        static_cast<void>(queue.leave_out(run, now));
                    else
                        queue.take_along(run);
                    break;
                case 2:
                case 3:
                    queue.hold(
                        run,
                        [&, run, place = held[run]++, wanted = d.sequence(run)](const service_failure* lost) {
                            EXPECT_EQ(lost, nullptr);
                            EXPECT_EQ(released[run]++, place);
                            EXPECT_GE(d.stored(run), wanted);
                        },
                        draw(3) == 0 ? waiter::waits : waiter::has_time);
                    break;
                case 4:
                    if (draw(10) != 0) break;
                    ++for_all;
                    queue.hold_for_all([&, wanted = [&] {
                        std::map<run_number, std::int64_t> all;
                        for (run_number one = 1; one <= runs; ++one) all[one] = d.sequence(one);
                        return all;
                    }()](const service_failure*) {
                        --for_all;
                        for (const auto& [one, sequence] : wanted) EXPECT_GE(d.stored(one), sequence);
                    });
                    break;
                case 5:
                    queue.end_waits(now - 20ms);
                    break;
                default:
                    if (queue.busy())
                        d.writes.step();
                    else if (!queue.nothing_to_write())
                        d.submit();
                    break;
            }
            ASSERT_EQ(queue.is_durable(run), d.stored(run) == d.sequence(run)) << run;
        }
        while (d.writes.step()) continue;
        queue.end_waits(now);
        if (!queue.nothing_to_write()) d.flush();
        EXPECT_TRUE(queue.nothing_waits());
        EXPECT_EQ(held, released);
        EXPECT_EQ(for_all, 0U);
        for (run_number one = 1; one <= runs; ++one) EXPECT_EQ(d.stored(one), d.sequence(one));
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace perdure::history
