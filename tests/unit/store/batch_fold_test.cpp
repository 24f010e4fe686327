#include "history_service/store/batch_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history {
namespace {

using conformance::at;
using conformance::batch_of;
using conformance::key_of;
using conformance::new_run;
using conformance::next_record;
using conformance::task_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BatchFold, OfATaskThatCameAndWentHasNone) {
    batch_fold fold;
    run_write first = new_run(1);
    first.tasks_added = {task_of(1, 2, 10), task_of(1, 3, 11)};
    fold.add(batch_of({first}));
    run_write second = next_record(1, 1, 3, 1);
    second.tasks_removed = {task_of(1, 2, 10), task_of(1, 9, 1)};
    second.tasks_added = {task_of(1, 4, 12)};
    fold.add(batch_of({second}));
    const run_write& run = fold.runs().at(1);
    EXPECT_THAT(run.tasks_added, ElementsAre(task_of(1, 3, 11), task_of(1, 4, 12)));
    EXPECT_THAT(run.tasks_removed, ElementsAre(task_of(1, 9, 1))) << "what it did not add itself";
}

TEST(BatchFold, HasAllRecordsAndTheLastWordOnTheRest) {
    batch_fold fold;
    EXPECT_TRUE(fold.empty());
    run_write first = new_run(1);
    first.wakeup = at(5);
    first.checkpoint = run_checkpoint{1, "one"};
    fold.add(batch_of({first}));
    run_write second = next_record(1, 1, 3, 1);
    second.wakeup = std::optional<wall_time>{};
    second.checkpoint = run_checkpoint{2, "two"};
    second.visibility = conformance::row_of(1);
    second.visibility->status = 2;
    fold.add(batch_of({second}));
    fold.add(batch_of({next_record(1, 2, 4, 1)}));
    EXPECT_FALSE(fold.empty());
    const run_write& run = fold.runs().at(1);
    EXPECT_EQ(run.created, key_of(1));
    EXPECT_EQ(run.records.size(), 3U);
    EXPECT_EQ(run.wakeup, std::make_optional(std::optional<wall_time>{}));
    EXPECT_EQ(run.checkpoint, (run_checkpoint{2, "two"}));
    EXPECT_EQ(run.visibility->status, 2);
    EXPECT_EQ(fold.journal_end(1), 3);
    EXPECT_EQ(fold.journal_end(2), std::nullopt);
    EXPECT_EQ(fold.created(key_of(1)), 1);
}

TEST(BatchFold, KnowsWhatIdsMeanAndWhatIsGone) {
    batch_fold fold;
    commit_batch batch = batch_of({new_run(1), new_run(2)});
    batch.current_runs = {{"default", "order-1", 1}, {"default", "order-2", 2}};
    fold.add(batch);
    commit_batch removal;
    removal.current_runs = {{"default", "order-1", std::nullopt}};
    removal.deleted = {1};
    fold.add(removal);
    EXPECT_EQ(fold.current_run("default", "order-1"), std::make_optional(std::optional<run_number>{}));
    EXPECT_EQ(fold.current_run("default", "order-2"), std::make_optional(std::optional<run_number>{2}));
    EXPECT_EQ(fold.current_run("default", "order-3"), std::nullopt);
    EXPECT_TRUE(fold.deletes(1));
    EXPECT_TRUE(fold.mentions(2));
    EXPECT_FALSE(fold.mentions(3));
    EXPECT_THAT(fold.deleted(), ElementsAre(1));
    EXPECT_THAT(fold.runs().at(2).tasks_added, IsEmpty());
}

}  // namespace
}  // namespace perdure::history
