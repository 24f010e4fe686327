#include <gmock/gmock.h>

#include "history_service/engine/engine.hpp"
#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Fsck : public ::testing::Test {
  protected:
    // A run that waits for a worker of its activity and for a timer.
    void SetUp() override {
        rig.must(rig.start("o-1"));
        rig.must(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a"), timer_command("t", 1h)}));
        ASSERT_THAT(rig.findings(), ::testing::IsEmpty());
        epoch = rig.must(take_lease(rig.memory, "fault")).epoch;
        loaded = *rig.must(rig.memory.load_run(1));
    }
    run_write change() const {
        run_write write;
        write.run = 1;
        write.previous_sequence = loaded.records.back().sequence;
        return write;
    }
    void commit(commit_batch batch) {
        batch.epoch = epoch;
        rig.must(rig.memory.commit(batch));
    }
    void commit(run_write write) {
        commit_batch batch;
        batch.runs.push_back(std::move(write));
        commit(std::move(batch));
    }
    std::vector<task_row> waiting() {
        std::vector<task_row> rows;
        for (const auto& task : rig.must(rig.memory.outstanding_tasks({"default", "q", task_kind::activity, false}, {}, 10)))
            rows.push_back(task.row);
        return rows;
    }

    shard_rig rig;
    std::int64_t epoch = 0;
    loaded_run loaded;
};

TEST_F(Fsck, FindsAPendingRunWithoutAWakeup) {
    run_write write = change();
    write.wakeup = std::optional<wall_time>{};
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("no wake-up")));
}

TEST_F(Fsck, FindsAWakeupThatIsLate) {
    run_write write = change();
    write.wakeup = rig.now + 100h;
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("after what is due first")));
}

TEST_F(Fsck, FindsATaskThatNoQueueHas) {
    run_write write = change();
    write.tasks_removed = waiting();
    ASSERT_EQ(write.tasks_removed.size(), 1U);
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("is on no task queue")));
}

TEST_F(Fsck, FindsARowWithoutATask) {
    run_write write = change();
    write.tasks_added = waiting();
    write.tasks_added[0].position.event_id = 99;
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("does not wait for a worker")));
}

TEST_F(Fsck, FindsAWorkflowIdThatLeadsNowhere) {
    commit_batch batch;
    batch.current_runs = {{"default", "o-1", std::nullopt}};
    commit(batch);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("workflow id points to")));
}

TEST_F(Fsck, FindsAListRowThatLies) {
    run_write write = change();
    write.visibility = rig.must(rig.memory.scan_runs(0, 1)).front();
    write.visibility->status = 2;
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("lists show something else")));
}

TEST_F(Fsck, FindsACheckpointThatIsNotTheFoldOfItsJournal) {
    run_write write = change();
    journal::Checkpoint message;
    auto state = rig.must(restore([&] {
        run_state folded;
        for (const auto& record : loaded.records) {
            journal::JournalRecord parsed;
            parsed.ParseFromString(record.bytes);
            rig.must(fold(folded, parsed));
        }
        folded.execution.signal_count = 7;
        return checkpoint(folded);
    }()));
    write.checkpoint = run_checkpoint{loaded.records.back().sequence, checkpoint(state).SerializeAsString()};
    commit(write);
    EXPECT_THAT(rig.findings(), ElementsAre(HasSubstr("folds to another state")));
}

TEST_F(Fsck, FindsARecordThatCannotBeRead) {
    run_write write = change();
    write.records.push_back({loaded.records.back().sequence + 1, 1, 0, "\xFFgarbage"});
    commit(write);
    EXPECT_THAT(rig.findings(), ::testing::Contains(HasSubstr("cannot be read")));
}

}  // namespace
}  // namespace perdure::history
