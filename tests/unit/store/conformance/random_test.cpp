#include <map>
#include <random>

#include "history_service/store/memory/memory_store.hpp"
#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
namespace {

class StoreRandomBatches : public conformance_test {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreRandomBatches, ::testing::ValuesIn(all_kinds()),
                         [](const auto& i) { return i.param.name; });

struct run_model {
    std::int64_t sequence = 0;
    std::int64_t next_event = 1;
    std::vector<task_row> tasks;
};

// Makes batches that a shard could make, and some that it must not.
class batch_maker {
  public:
    explicit batch_maker(std::uint64_t seed) : random_(seed) {}

    commit_batch make() {
        commit_batch batch;
        for (std::int64_t i = draw(4); i >= 0; --i) {
            const run_number run = draw(2) == 0 || runs_.empty() ? next_run_++ : 1 + draw(static_cast<std::uint64_t>(next_run_));
            bool again = false;
            for (const run_write& write : batch.runs) again |= write.run == run;
            if (!again) batch.runs.push_back(write_of(run));
        }
        if (draw(5) == 0) batch.current_runs.push_back({"default", "order-" + std::to_string(draw(5)), 1 + draw(5)});
        if (draw(9) == 0) batch.current_runs.push_back({"default", "order-" + std::to_string(draw(5)), std::nullopt});
        // Somebody who lost track: the whole batch must leave no trace.
        if (draw(6) == 0 && !batch.runs.back().created) ++batch.runs.back().previous_sequence;
        for (std::size_t i = 0; i < batch.runs.back().records.size(); ++i)
            batch.runs.back().records[i].sequence = batch.runs.back().previous_sequence + 1 + static_cast<std::int64_t>(i);
        if (batch.runs.back().checkpoint) batch.runs.back().checkpoint.reset();
        return batch;
    }

    void accepted(const commit_batch& batch) {
        for (const run_write& write : batch.runs) {
            run_model& run = runs_[write.run];
            run.sequence = write.previous_sequence + static_cast<std::int64_t>(write.records.size());
            for (const journal_record& record : write.records) run.next_event = record.first_event_id + record.event_count;
            for (const task_row& task : write.tasks_removed) std::erase(run.tasks, task);
            run.tasks.insert(run.tasks.end(), write.tasks_added.begin(), write.tasks_added.end());
        }
    }

    std::int64_t draw(std::uint64_t n) { return static_cast<std::int64_t>(random_() % n); }
    run_number last_run() const { return next_run_; }

  private:
    run_write write_of(run_number run) {
        const bool fresh = !runs_.contains(run);
        run_model model = fresh ? run_model{} : runs_[run];
        run_write write;
        write.run = run;
        write.previous_sequence = model.sequence;
        if (fresh) {
            write.created = key_of(run);
            write.visibility = row_of(run);
        }
        for (std::int64_t i = draw(3) + (fresh ? 1 : 0); i > 0; --i) {
            const std::int64_t events = draw(3);
            write.records.push_back(
                {++model.sequence, model.next_event, events, std::string(static_cast<std::size_t>(draw(300)), 'r')});
            model.next_event += events;
        }
        if (draw(3) == 0) write.wakeup = at(draw(40));
        if (draw(8) == 0) write.wakeup = std::optional<wall_time>{};
        if (draw(3) == 0) write.tasks_added.push_back(task_of(run, 1'000 + ++tasks_, draw(40), draw(2) == 0 ? "q" : "p"));
        if (!model.tasks.empty() && draw(2) == 0) write.tasks_removed.push_back(model.tasks.front());
        if (!write.records.empty() && draw(4) == 0) write.checkpoint = run_checkpoint{model.sequence, "state"};
        if (!fresh && draw(4) == 0) {
            write.visibility = row_of(run);
            write.visibility->status = static_cast<int>(1 + draw(3));
            write.visibility->history_length = draw(4);
            if (write.visibility->status != 1) write.visibility->close_time = at(2'000 + draw(50));
        }
        if (write.visibility && draw(2) == 0) write.visibility->attributes.emplace_back("Customer", draw(2) == 0 ? "ada" : "bob");
        if (write.visibility && draw(2) == 0) write.visibility->attributes.emplace_back("Total", draw(5));
        return write;
    }

    std::mt19937_64 random_;
    std::map<run_number, run_model> runs_;
    run_number next_run_ = 1;
    std::int64_t tasks_ = 0;
};

void expect_same(store& a, store& b, run_number last) {
    for (run_number run = 1; run <= last; ++run) {
        const auto x = must(a.load_run(run));
        const auto y = must(b.load_run(run));
        ASSERT_EQ(x.has_value(), y.has_value()) << run;
        if (!x) continue;
        EXPECT_EQ(x->key, y->key);
        EXPECT_EQ(x->records, y->records);
        EXPECT_EQ(x->checkpoint, y->checkpoint);
        EXPECT_EQ(x->wakeup, y->wakeup);
        EXPECT_EQ(must(a.read_journal(run, 0, 1'000)), must(b.read_journal(run, 0, 1'000)));
    }
    for (int i = 0; i < 5; ++i) {
        const std::string id = "order-" + std::to_string(i);
        EXPECT_EQ(must(a.current_run("default", id)), must(b.current_run("default", id)));
    }
    EXPECT_EQ(must(a.due_runs(at(1'000), {}, 10'000)), must(b.due_runs(at(1'000), {}, 10'000)));
    const auto queues = must(a.outstanding_queues({}, 100));
    EXPECT_EQ(queues, must(b.outstanding_queues({}, 100)));
    for (const queue_key& queue : queues)
        EXPECT_EQ(must(a.outstanding_tasks(queue, {}, 10'000)), must(b.outstanding_tasks(queue, {}, 10'000)));
    EXPECT_EQ(must(a.scan_runs(0, 10'000)), must(b.scan_runs(0, 10'000)));
    for (const char* query :
         {"", "ExecutionStatus = 'Running'", "ExecutionStatus != 'Running' ORDER BY CloseTime ASC", "Customer = 'ada'",
          "Customer != 'ada' AND HistoryLength > 1", "Total >= 2 ORDER BY StartTime ASC"}) {
        const list_filter filter = must(parse_list_filter(query));
        EXPECT_EQ(must(a.count("default", filter)), must(b.count("default", filter))) << query;
        std::optional<list_cursor> after;
        do {
            const auto page = must(a.list("default", filter, after, 7));
            EXPECT_EQ(page.rows, must(b.list("default", filter, after, 7)).rows) << query;
            after = page.next;
        } while (after);
    }
}

TEST_P(StoreRandomBatches, LeaveTheSameAsInMemoryAlsoAfterARestart) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SetUp();
        memory_store model;
        std::int64_t model_epoch = must(take_lease(model, "model")).epoch;
        batch_maker maker(seed);
        int refusals = 0;
        for (int step = 0; step < 150; ++step) {
            commit_batch batch = maker.make();
            batch.epoch = model_epoch;
            const bool expected = model.commit(batch).has_value();
            batch.epoch = epoch_;
            const bool taken = db().commit(batch).has_value();
            ASSERT_EQ(taken, expected) << "step " << step;
            if (taken) maker.accepted(batch);
            refusals += taken ? 0 : 1;
            if (step % 50 == 49) {
                reopen();
                expect_same(db(), model, maker.last_run());
            }
        }
        EXPECT_GT(refusals, 0) << "the test means to try what is refused";
    }
}

}  // namespace
}  // namespace perdure::history::conformance
