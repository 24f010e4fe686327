#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/conformance/suite.hpp"
#include "tests/unit/store/failing_vfs.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

using conformance::must;

class SqliteTrouble : public ::testing::Test {
  protected:
    void SetUp() override {
        failing_vfs::install();
        failing_vfs::heal();
        open();
    }
    void TearDown() override { failing_vfs::heal(); }
    void open() {
        db_.reset();
        sqlite_options options;
        options.path = folder_.path("perdure.db");
        options.vfs = "failing";
        options.max_pages = max_pages_;
        options.log_file_bytes = log_file_bytes_;
        db_ = must(open_sqlite_store(options));
        epoch_ = must(take_lease(*db_, "test")).epoch;
    }
    // Two runs a batch: half of it would show.
    result<done> commit(run_number first) {
        commit_batch batch;
        for (run_number run = first; run < first + 2; ++run) {
            run_write write = conformance::new_run(run);
            write.records.front().bytes = std::string(3'000, 'r');
            write.wakeup = conformance::at(run);
            batch.runs.push_back(write);
            batch.current_runs.push_back({"default", conformance::key_of(run).workflow_id, run});
        }
        batch.epoch = epoch_;
        return db_->commit(batch);
    }
    bool is_there(run_number first) {
        const bool one = must(db_->load_run(first)).has_value();
        const bool two = must(db_->load_run(first + 1)).has_value();
        EXPECT_EQ(one, two) << "half a batch";
        EXPECT_EQ(must(db_->current_run("default", conformance::key_of(first).workflow_id)).has_value(), one);
        return one;
    }

    std::int64_t max_pages_ = 0;
    std::size_t log_file_bytes_ = sqlite_options().log_file_bytes;
    temporary_folder folder_;
    std::unique_ptr<store> db_;
    std::int64_t epoch_ = 0;
};

TEST_F(SqliteTrouble, AtAnyStepOfACommitLeavesThingsAsTheyWere) {
    run_number next = 1;
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
        for (int step = 0;; ++step) {
            failing_vfs::fail_after(step, code);
            const auto committed = commit(next);
            failing_vfs::heal();
            if (committed) {
                EXPECT_GE(step, 2) << "a commit writes and flushes";
                EXPECT_TRUE(is_there(next));
                next += 2;
                break;
            }
            EXPECT_EQ(committed.error().code, status_code::unavailable) << committed.error().message;
            EXPECT_TRUE(committed.error().retryable());
            EXPECT_FALSE(is_there(next));
            // It goes on without a restart as soon as the disk does.
            ASSERT_TRUE(commit(next));
            EXPECT_TRUE(is_there(next));
            next += 2;
        }
    }
    open();
    for (run_number run = 1; run < next; run += 2) EXPECT_TRUE(is_there(run));
    EXPECT_TRUE(must(db_->check_rows()).empty());
}

// What was acknowledged is in the log, whatever step of moving it into the tables fails, and however often.
TEST_F(SqliteTrouble, AtAnyStepOfMovingCommitsIntoTheTablesLosesNothing) {
    run_number next = 1;
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
        for (int step = 0;; ++step) {
            ASSERT_TRUE(commit(next));
            failing_vfs::fail_after(step, code);
            const auto found = db_->load_run(next);
            const bool moved = found.has_value();
            if (!moved) {
                EXPECT_EQ(found.error().code, status_code::unavailable) << found.error().message;
                // Nobody is told that his commit is safe in tables that cannot be written.
                EXPECT_FALSE(commit(next + 2));
            }
            failing_vfs::heal();
            EXPECT_TRUE(is_there(next));
            EXPECT_FALSE(is_there(next + 2));
            next += 2;
            if (moved) {
                EXPECT_GE(step, 3) << "tables are written and flushed";
                break;
            }
        }
    }
    open();
    for (run_number run = 1; run < next; run += 2) EXPECT_TRUE(is_there(run));
    EXPECT_TRUE(must(db_->check_rows()).empty());
}

TEST_F(SqliteTrouble, OfAFullFileIsRetryableAndEndsWhenSpaceReturns) {
    max_pages_ = 40;
    log_file_bytes_ = 400'000;
    open();
    run_number next = 1;
    result<done> committed = commit(next);
    // The log takes what the file cannot, until it is full as well.
    while (committed) committed = commit(next += 2);
    EXPECT_GT(next, 100);
    EXPECT_EQ(committed.error().code, status_code::unavailable);
    EXPECT_THAT(committed.error().message, ::testing::HasSubstr("free some space"));
    EXPECT_FALSE(db_->commit({epoch_, {}, {}, {1}}));
    max_pages_ = 0;
    open();
    for (run_number run = 1; run < next; run += 2) ASSERT_TRUE(is_there(run)) << "it was acknowledged";
    EXPECT_FALSE(is_there(next));
    EXPECT_TRUE(commit(next));
    EXPECT_TRUE(is_there(next));
    EXPECT_TRUE(must(db_->check_rows()).empty());
}

TEST_F(SqliteTrouble, WithAFlushMeansThatNothingWasAcknowledged) {
    ASSERT_TRUE(commit(1));
    const int flushes = failing_vfs::flushes;
    ASSERT_TRUE(commit(3));
    EXPECT_GE(failing_vfs::flushes, flushes + 1) << "an acknowledged commit was flushed";
}

}  // namespace
}  // namespace perdure::history
