#include <algorithm>

#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
namespace {

class StoreCommit : public conformance_test {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreCommit, ::testing::ValuesIn(all_kinds()), [](const auto& i) { return i.param.name; });

TEST_P(StoreCommit, WritesAllPartsOfABatch) {
    run_write write = new_run(1);
    write.wakeup = at(50);
    write.tasks_added = {task_of(1, 2, 10)};
    commit_batch batch = batch_of({write});
    batch.current_runs = {{"default", "order-1", 1}};
    commit(batch);
    reopen();

    EXPECT_EQ(must(db().current_run("default", "order-1")), std::optional<run_number>{1});
    EXPECT_EQ(must(db().find_run(key_of(1))), std::optional<run_number>{1});
    const auto loaded = must(db().load_run(1));
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->key, key_of(1));
    EXPECT_EQ(loaded->records, write.records);
    EXPECT_EQ(loaded->wakeup, std::optional{at(50)});
    EXPECT_FALSE(loaded->checkpoint);
    EXPECT_EQ(must(db().due_runs(at(50), {}, 10)), (std::vector<due_run>{{at(50), 1}}));
    EXPECT_EQ(tasks(must(db().outstanding_tasks(task_of(1, 2, 10).queue, {}, 10))), write.tasks_added);
    EXPECT_EQ(must(db().scan_runs(0, 10)), (std::vector<visibility_row>{row_of(1)}));
    EXPECT_TRUE(must(db().check_rows()).empty());
}

TEST_P(StoreCommit, KnowsNothingOfWhatWasNeverWritten) {
    EXPECT_EQ(must(db().current_run("default", "order-1")), std::nullopt);
    EXPECT_EQ(must(db().find_run(key_of(1))), std::nullopt);
    EXPECT_FALSE(must(db().load_run(1)));
    EXPECT_TRUE(must(db().read_events(1, 1, 10, 1000)).empty());
    EXPECT_TRUE(must(db().read_events_reverse(1, 9, 10, 1000)).empty());
}

TEST_P(StoreCommit, ReadsManyRunsAsEachAlone) {
    commit_batch batch;
    for (run_number run = 1; run <= 40; ++run) {
        run_write write = new_run(run);
        if (run % 2 == 0) write.wakeup = at(run);
        if (run % 3 == 0) write.checkpoint = run_checkpoint{1, "state of " + std::to_string(run)};
        batch.runs.push_back(write);
    }
    commit(batch);
    const std::vector<run_number> asked{7, 40, 1, 41, 12, 99};
    auto found = must(db().load_runs(asked));
    std::ranges::sort(found, {}, &loaded_run::run);
    ASSERT_EQ(found.size(), 4U) << "those that are not there are left out";
    std::size_t next = 0;
    for (const run_number run : {1, 7, 12, 40}) {
        const auto alone = must(db().load_run(run));
        const loaded_run& one = found[next++];
        EXPECT_EQ(one.run, run);
        EXPECT_EQ(one.key, alone->key);
        EXPECT_EQ(one.records, alone->records);
        EXPECT_EQ(one.wakeup, alone->wakeup);
        EXPECT_EQ(one.checkpoint, alone->checkpoint);
    }
    EXPECT_TRUE(must(db().load_runs({})).empty());
}

// Names are what clients choose: no choice may fail the batch that others share.
TEST_P(StoreCommit, KeepsAnyBytesInNames) {
    const std::vector<std::string> names{std::string("zero\0inside", 11), "\xff\xfe not UTF-8",
                                         "'; DROP TABLE runs; --",        "\\x00",
                                         std::string(1'000, 'n'),         "日本"};
    commit_batch batch;
    run_number run = 0;
    for (const std::string& name : names) {
        run_write write = new_run(++run);
        write.created = run_key{name, name, name};
        visibility_row& row = *write.visibility;
        row.namespace_name = row.workflow_id = row.run_id = row.workflow_type = row.task_queue = row.info = name;
        row.attributes = {{"Key", name}};
        write.tasks_added = {{{name, name, task_kind::workflow, false}, {at(1), run, 2}, 1}};
        batch.runs.push_back(write);
        batch.current_runs.push_back({name, name, run});
    }
    commit(batch);
    reopen();
    for (run_number each = 1; each <= run; ++each) {
        const run_write& write = batch.runs[static_cast<std::size_t>(each) - 1];
        const std::string& name = write.created->workflow_id;
        EXPECT_EQ(must(db().current_run(name, name)), std::optional{each});
        EXPECT_EQ(must(db().find_run(*write.created)), std::optional{each});
        EXPECT_EQ(must(db().load_run(each))->key, *write.created);
        EXPECT_EQ(must(db().list(name, {}, {}, 10)).rows, (std::vector<visibility_row>{*write.visibility}));
        const auto tasks = must(db().outstanding_tasks(write.tasks_added.front().queue, {}, 10));
        ASSERT_EQ(tasks.size(), 1U);
        EXPECT_EQ(tasks.front().key, *write.created);
    }
    EXPECT_EQ(must(db().outstanding_queues({}, 100)).size(), names.size());
}

// Which requests were served is told by the records of a run: a request that comes again after a restart finds them.
TEST_P(StoreCommit, KeepsTheFullJournalThroughRestartsForThoseWhoAskAgain) {
    run_write write = new_run(1);
    write.records.front().bytes = "start, request r-1";
    commit(batch_of({write}));
    reopen();
    commit(batch_of({next_record(1, 1, 3, 1, "signal, request r-2")}));
    reopen();
    const auto records = must(db().load_run(1))->records;
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].bytes, "start, request r-1");
    EXPECT_EQ(records[1].bytes, "signal, request r-2");
    commit_batch again = batch_of({next_record(1, 1, 3, 1, "signal, request r-2")});
    again.epoch = epoch_;
    EXPECT_EQ(db().commit(again).error().code, status_code::aborted) << "a second time would be a double";
}

TEST_P(StoreCommit, TellsWhatManyIdsMeanAsOfEachAlone) {
    commit_batch batch = batch_of({new_run(1), new_run(2)});
    batch.current_runs = {{"default", "order-1", 1}, {"default", "order-2", 2}};
    commit(batch);
    commit_batch gone;
    gone.current_runs = {{"default", "order-1", std::nullopt}};
    commit(gone);
    const std::vector<workflow_name> asked{
        {"default", "order-2"}, {"default", "order-1"}, {"other", "order-2"}, {"default", "order-2"}, {"default", ""}};
    EXPECT_EQ(must(db().current_runs(asked)),
              (std::vector<std::optional<run_number>>{2, std::nullopt, std::nullopt, 2, std::nullopt}));
    EXPECT_TRUE(must(db().current_runs({})).empty());
}

TEST_P(StoreCommit, KeepsNamespacesApart) {
    commit_batch batch = batch_of({new_run(1)});
    batch.current_runs = {{"default", "order-1", 1}};
    commit(batch);
    EXPECT_EQ(must(db().current_run("other", "order-1")), std::nullopt);
    EXPECT_EQ(must(db().find_run({"other", "order-1", "run-1"})), std::nullopt);
    EXPECT_TRUE(must(db().list("other", {}, {}, 10)).rows.empty());
}

TEST_P(StoreCommit, RefusesAnOlderEpochAndWritesNothing) {
    const std::int64_t old = epoch_;
    lease();
    EXPECT_GT(epoch_, old);
    commit_batch batch = batch_of({new_run(1)});
    batch.epoch = old;
    const auto refused = db().commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::failed_precondition);
    EXPECT_FALSE(must(db().load_run(1)));
    EXPECT_FALSE(db().collect_garbage(old, 10));
}

TEST_P(StoreCommit, RefusesAReleasedEpochUntilTheLeaseIsTakenAgain) {
    must(db().renew_lease(epoch_));
    commit(batch_of({new_run(1)}));
    const std::int64_t old = epoch_;
    must(db().release_lease(old));
    for (const auto& refused : {db().renew_lease(old), db().release_lease(old), db().commit({old, {new_run(2)}, {}, {}})}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, status_code::failed_precondition);
    }
    EXPECT_FALSE(must(db().load_run(2)));
    const auto next = must(take_lease(db(), "another"));
    EXPECT_GT(next.epoch, old);
    EXPECT_EQ(next.next_run, 2);
    must(db().commit({next.epoch, {new_run(2)}, {}, {}}));
    EXPECT_FALSE(db().renew_lease(old));
}

TEST_P(StoreCommit, RefusesAJournalThatEndsElsewhereAndWritesNothing) {
    commit(batch_of({new_run(1)}));
    for (const std::int64_t previous : {0, 2}) {
        run_write wrong = next_record(1, previous, 3, 1);
        commit_batch batch = batch_of({new_run(2), wrong});
        batch.current_runs = {{"default", "order-2", 2}};
        batch.epoch = epoch_;
        const auto refused = db().commit(batch);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, status_code::aborted);
        EXPECT_FALSE(must(db().load_run(2)));
        EXPECT_EQ(must(db().current_run("default", "order-2")), std::nullopt);
        EXPECT_EQ(must(db().load_run(1))->records.size(), 1U);
    }
    commit(batch_of({next_record(1, 1, 3, 1)}));
    EXPECT_EQ(must(db().load_run(1))->records.size(), 2U);
}

TEST_P(StoreCommit, RefusesASecondRunOfTheSameName) {
    commit(batch_of({new_run(1)}));
    run_write twin = new_run(2);
    twin.created = key_of(1);
    twin.visibility = row_of(1);
    twin.visibility->run = 2;
    commit_batch batch = batch_of({twin});
    batch.epoch = epoch_;
    const auto refused = db().commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::aborted);
    EXPECT_FALSE(must(db().load_run(2)));
}

TEST_P(StoreCommit, LoadsFromTheCheckpointOn) {
    commit(batch_of({new_run(1)}));
    run_write write = next_record(1, 1, 3, 1, "two");
    write.records.push_back({3, 4, 0, "three"});
    write.checkpoint = run_checkpoint{2, "state after two"};
    commit(batch_of({write}));
    reopen();
    auto loaded = must(db().load_run(1));
    EXPECT_EQ(loaded->checkpoint, (run_checkpoint{2, "state after two"}));
    EXPECT_EQ(loaded->records, (std::vector<journal_record>{{3, 4, 0, "three"}}));
    EXPECT_EQ(must(db().read_journal(1, 0, 10)).size(), 3U);

    run_write later = next_record(1, 3, 4, 1, "four");
    later.checkpoint = run_checkpoint{4, "state after four"};
    commit(batch_of({later}));
    loaded = must(db().load_run(1));
    EXPECT_EQ(loaded->checkpoint, (run_checkpoint{4, "state after four"}));
    EXPECT_TRUE(loaded->records.empty());
}

TEST_P(StoreCommit, NumbersNewRunsAfterAllOthers) {
    EXPECT_EQ(next_run_, 1);
    commit(batch_of({new_run(7)}));
    reopen();
    EXPECT_EQ(next_run_, 8);
}

TEST_P(StoreCommit, DeletesARunWithEverythingThatBelongsToIt) {
    run_write write = new_run(1);
    write.wakeup = at(5);
    write.tasks_added = {task_of(1, 2, 10)};
    write.visibility->attributes = {{"Customer", std::string("ada")}};
    write.checkpoint = run_checkpoint{1, "state"};
    commit_batch batch = batch_of({write, new_run(2)});
    batch.current_runs = {{"default", "order-1", 1}, {"default", "order-2", 2}};
    commit(batch);

    run_write last;
    last.run = 1;
    last.previous_sequence = 1;
    last.tasks_removed = write.tasks_added;
    commit_batch removal = batch_of({last});
    removal.current_runs = {{"default", "order-1", std::nullopt}};
    removal.deleted = {1};
    commit(removal);
    reopen();
    EXPECT_FALSE(must(db().load_run(1)));
    EXPECT_EQ(must(db().find_run(key_of(1))), std::nullopt);
    EXPECT_EQ(must(db().current_run("default", "order-1")), std::nullopt);
    EXPECT_TRUE(must(db().due_runs(at(100), {}, 10)).empty());
    EXPECT_TRUE(must(db().outstanding_queues({}, 10)).empty());
    EXPECT_EQ(must(db().list("default", {}, {}, 10)).rows, (std::vector<visibility_row>{row_of(2)}));
    EXPECT_TRUE(must(db().check_rows()).empty());
    EXPECT_TRUE(must(db().load_run(2)));
}

TEST_P(StoreCommit, RemovesWhatDeletedRunsLeftInBoundedPieces) {
    commit(batch_of({new_run(1), new_run(2)}));
    // Large enough that no store keeps them together.
    for (std::int64_t i = 1; i < 20; ++i) commit(batch_of({next_record(1, i, 3, 0, std::string(40'000, 'r'))}));
    commit_batch removal;
    removal.deleted = {1};
    commit(removal);
    int pieces = 0;
    for (;;) {
        const std::size_t removed = must(db().collect_garbage(epoch_, 6));
        if (removed == 0) break;
        EXPECT_LE(removed, 6U);
        ++pieces;
    }
    EXPECT_GE(pieces, 4);
    EXPECT_TRUE(must(db().read_journal(1, 0, 100)).empty());
    EXPECT_TRUE(must(db().check_rows()).empty());
    EXPECT_TRUE(must(db().load_run(2)));
}

TEST_P(StoreCommit, TellsRowsThatBelongToNothing) {
    run_write write = new_run(1);
    write.tasks_added = {task_of(1, 2, 10)};
    commit_batch batch = batch_of({write});
    batch.current_runs = {{"default", "order-1", 1}};
    commit(batch);
    // A removal that forgets the run's task and its workflow id.
    commit_batch removal;
    removal.deleted = {1};
    commit(removal);
    EXPECT_EQ(must(db().check_rows()).size(), 2U);
}

TEST_P(StoreCommit, ReplacesWhatListsShowOfARun) {
    run_write write = new_run(1);
    write.visibility->attributes = {{"Customer", std::string("ada")}, {"Total", 12.5}, {"Items", std::int64_t{3}}};
    commit(batch_of({write}));
    EXPECT_EQ(must(db().scan_runs(0, 10)), (std::vector<visibility_row>{*write.visibility}));

    run_write closing = next_record(1, 1, 3, 1);
    closing.visibility = row_of(1);
    closing.visibility->status = 2;
    closing.visibility->close_time = at(2'000);
    closing.visibility->history_length = 3;
    closing.visibility->attributes = {{"Customer", std::string("bob")}};
    commit(batch_of({closing}));
    reopen();
    EXPECT_EQ(must(db().scan_runs(0, 10)), (std::vector<visibility_row>{*closing.visibility}));
}

}  // namespace
}  // namespace perdure::history::conformance
