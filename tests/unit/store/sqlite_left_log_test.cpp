#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "history_service/store/memory/memory_store.hpp"
#include "history_service/store/sqlite/commit_log.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/conformance/suite.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

namespace fs = std::filesystem;
using conformance::at;
using conformance::must;
using ::testing::HasSubstr;

// A store that moves nothing into its tables unless it must, beside the same in memory.
class SqliteLog : public ::testing::Test {
  protected:
    SqliteLog() {
        options_.path = folder_.path("perdure.db");
        options_.vfs = "unix";
        open();
    }
    void open() {
        db_.reset();
        db_ = must(open_sqlite_store(options_));
        epoch_ = must(take_lease(*db_, "test")).epoch;
        model_epoch_ = must(take_lease(model_, "test")).epoch;
    }
    void commit(commit_batch batch) {
        batch.epoch = epoch_;
        must(db_->commit(batch));
        batch.epoch = model_epoch_;
        must(model_.commit(batch));
    }
    // The files as a machine without power leaves them.
    void lose_power() {
        const fs::path here = fs::path(options_.path).parent_path();
        const fs::path aside = here / "aside";
        fs::create_directory(aside);
        for (const auto& file : fs::directory_iterator(here))
            if (file.is_regular_file() && file.path().extension() != ".db-shm") fs::copy(file.path(), aside);
        db_.reset();
        for (const auto& file : fs::directory_iterator(here))
            if (file.is_regular_file()) fs::remove(file.path());
        for (const auto& file : fs::directory_iterator(aside)) fs::rename(file.path(), here / file.path().filename());
        fs::remove(aside);
    }
    void sql(const std::string& text) const {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(options_.path.c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
    }
    [[nodiscard]] bool has_log() const { return fs::exists(commit_log_file()); }
    [[nodiscard]] std::string commit_log_file() const { return sqlite::commit_log::names(options_.path)[0]; }
    [[nodiscard]] service_failure refusal() const {
        const auto opened = open_sqlite_store(options_);
        EXPECT_FALSE(opened);
        return opened ? service_failure{} : opened.error();
    }

    temporary_folder folder_;
    sqlite_options options_;
    std::unique_ptr<store> db_;
    std::int64_t epoch_ = 0;
    memory_store model_;
    std::int64_t model_epoch_ = 0;
};

TEST_F(SqliteLog, IsTakenOverAfterTheLossOfPower) {
    for (run_number run = 1; run <= 20; ++run) {
        commit(conformance::batch_of({conformance::new_run(run)}));
        if (run % 4 == 0) {
            lose_power();
            ASSERT_TRUE(has_log());
            open();
        }
        if (run % 3 == 0) EXPECT_TRUE(must(db_->check_rows()).empty()) << "what is in the tables already is not taken over twice";
    }
    for (run_number run = 1; run <= 20; ++run) EXPECT_EQ(must(db_->load_run(run))->records, must(model_.load_run(run))->records);
    EXPECT_FALSE(must(db_->load_run(21)));
}

TEST_F(SqliteLog, IsTakenAwayWhenTheStoreIsClosed) {
    commit(conformance::batch_of({conformance::new_run(1)}));
    EXPECT_TRUE(has_log());
    db_.reset();
    EXPECT_FALSE(has_log());
    open();
    EXPECT_TRUE(must(db_->load_run(1)));
}

TEST_F(SqliteLog, ThatIsGoneIsAskedFor) {
    commit(conformance::batch_of({conformance::new_run(1)}));
    must(db_->load_run(1));
    commit(conformance::batch_of({conformance::new_run(2)}));
    lose_power();
    for (const std::string& file : sqlite::commit_log::names(options_.path)) fs::rename(file, file + ".lost");
    const service_failure refused = refusal();
    EXPECT_EQ(refused.code, status_code::data_loss);
    EXPECT_THAT(refused.message, HasSubstr("make an empty file of that name"));
    for (const std::string& file : sqlite::commit_log::names(options_.path)) std::ofstream(file).close();
    open();
    EXPECT_TRUE(must(db_->load_run(1)));
    EXPECT_FALSE(must(db_->load_run(2))) << "it was in the log only";
}

TEST_F(SqliteLog, OfAnotherStateOfTheDatabaseIsRefused) {
    commit(conformance::batch_of({conformance::new_run(1)}));
    must(db_->load_run(1));
    commit(conformance::batch_of({conformance::new_run(2)}));
    commit(conformance::batch_of({conformance::new_run(3)}));
    lose_power();
    sql("UPDATE meta SET value = value - 10 WHERE name = 'applied'");
    EXPECT_THAT(refusal().message, HasSubstr("restore a backup"));
}

TEST_F(SqliteLog, IsAddedToADatabaseOfTheFirstVersion) {
    commit(conformance::batch_of({conformance::new_run(1)}));
    db_.reset();
    sql("DELETE FROM meta WHERE name IN ('applied', 'log'); UPDATE meta SET value = 1 WHERE name = 'schema_version'");
    open();
    EXPECT_TRUE(must(db_->load_run(1)));
    commit(conformance::batch_of({conformance::new_run(2)}));
    lose_power();
    open();
    EXPECT_TRUE(must(db_->load_run(2)));
}

// Reads must not tell what is in the log from what is in the tables.
TEST_F(SqliteLog, AndTheTablesTogetherAnswerAsOne) {
    std::mt19937_64 random(5);
    const auto draw = [&random](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
    std::vector<run_number> alive;
    run_number next = 1;
    for (int step = 0; step < 400; ++step) {
        commit_batch batch;
        if (alive.empty() || draw(3) == 0) {
            run_write write = conformance::new_run(next);
            write.wakeup = at(draw(50));
            batch.runs.push_back(write);
            batch.current_runs.push_back({"default", "order-" + std::to_string(draw(9)), next});
            alive.push_back(next++);
        } else if (draw(8) == 0) {
            const auto gone = alive.begin() + draw(alive.size());
            batch.deleted.push_back(*gone);
            batch.current_runs.push_back({"default", "order-" + std::to_string(draw(9)), std::nullopt});
            alive.erase(gone);
        } else {
            run_write write;
            write.run = alive[static_cast<std::size_t>(draw(alive.size()))];
            write.previous_sequence = 1;
            write.wakeup = draw(4) == 0 ? std::nullopt : std::optional(at(draw(50)));
            batch.runs.push_back(write);
        }
        commit(batch);
        if (draw(9) == 0) must(db_->count("default", {}));
        const auto limit = static_cast<std::size_t>(1 + draw(12));
        const auto after = draw(2) == 0 ? std::optional(due_run{at(draw(50)), draw(20)}) : std::nullopt;
        const wall_time until = at(draw(60));
        ASSERT_EQ(must(db_->due_runs(until, after, limit)), must(model_.due_runs(until, after, limit))) << step;
        for (int id = 0; id < 9; ++id)
            ASSERT_EQ(must(db_->current_run("default", "order-" + std::to_string(id))),
                      must(model_.current_run("default", "order-" + std::to_string(id))));
        const run_number one = 1 + draw(static_cast<std::uint64_t>(next));
        ASSERT_EQ(must(db_->find_run(conformance::key_of(one))), must(model_.find_run(conformance::key_of(one))));
    }
}

}  // namespace
}  // namespace perdure::history
