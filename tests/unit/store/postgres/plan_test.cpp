#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

using conformance::at;
using conformance::key_of;
using conformance::next_record;
using conformance::task_of;

constexpr run_number many = 20'000;

class PostgresPlans : public postgres_test {
  protected:
    // A life of two runs with every kind of statement in it.
    static void work(store& db, std::int64_t epoch, run_number first) {
        must(db.commit(two_runs(epoch, first)));
        commit_batch step;
        step.epoch = epoch;
        for (run_number run = first; run < first + 2; ++run) {
            run_write write = next_record(run, 1, 3, 1);
            write.checkpoint = run_checkpoint{2, "state"};
            write.wakeup = std::optional<wall_time>{};
            write.tasks_removed = {task_of(run, 2, run)};
            write.visibility = conformance::row_of(run);
            write.visibility->status = 2;
            write.visibility->attributes = {{"Customer", "ada"}};
            step.runs.push_back(write);
            step.current_runs.push_back({"default", key_of(run).workflow_id, std::nullopt});
        }
        must(db.commit(step));
        const std::vector<run_number> runs{first, first + 1};
        EXPECT_EQ(must(db.load_runs(runs)).size(), 2U);
        const std::vector<workflow_name> names{{"default", key_of(first).workflow_id}, {"default", "nobody"}};
        EXPECT_EQ(must(db.current_runs(names)).size(), 2U);
        EXPECT_LE(must(db.outstanding_tasks(task_of(1, 1, 1, "others").queue, {}, 10)).size(), 10U);
        EXPECT_LE(must(db.due_runs(at(1), {}, 10)).size(), 10U);
        must(db.commit({epoch, {}, {}, {first, first + 1}}));
        while (must(db.collect_garbage(epoch, 100)) > 0) continue;
    }
    void fill() {
        const std::string numbers = " FROM generate_series(1000, " + std::to_string(1'000 + many - 1) + ") AS i";
        const std::string name = "convert_to('o-' || i, 'UTF8')";
        ask("INSERT INTO perdure.runs SELECT 0, i, '\\x61', " + name + ", " + name +
            ", '\\x62', '\\x63', 1, i, i, NULL, 2, '\\x64'" + numbers);
        ask("INSERT INTO perdure.current_runs SELECT 0, " + name + ", '\\x61', i" + numbers);
        ask("INSERT INTO perdure.wakeups SELECT 0, i, 4000000000000000000 + i" + numbers);
        ask("INSERT INTO perdure.checkpoints SELECT 0, i, 1, '\\x65'" + numbers);
        ask("INSERT INTO perdure.tasks SELECT 0, '\\x64656661756c74', '\\x6f7468657273', 1, 0, i, i, 1, 1" + numbers);
    }
    [[nodiscard]] std::int64_t rows_read() {
        return std::stoll(
            ask("SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = 'perdure') + "
                "(SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE schemaname = 'perdure')"));
    }
};

// Plans are made once a session, when the tables may be empty. What they do must not grow with them.
TEST_F(PostgresPlans, OfATimeOfEmptyTablesDoNotReadFullOnesFromEndToEnd) {
    auto db = open();
    const std::int64_t epoch = must(take_lease(*db, "test")).epoch;
    for (run_number first = 1; first < 21; first += 2) work(*db, epoch, first);
    fill();
    ask("SELECT pg_stat_reset()");
    work(*db, epoch, 101);
    // A session tells what it read at its end.
    db.reset();
    const std::int64_t read = rows_read();
    EXPECT_GT(read, 10) << "what is read is counted";
    EXPECT_LT(read, 1'000) << "of " << many << " rows a table";
}

}  // namespace
}  // namespace perdure::history
