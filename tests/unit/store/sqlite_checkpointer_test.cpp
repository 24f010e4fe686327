#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "history_service/store/sqlite/checkpointer.hpp"
#include "history_service/store/sqlite/log_keeper.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history::sqlite {
namespace {

using step = checkpointer::step;
using namespace std::chrono_literals;

class SqliteCheckpointer : public ::testing::Test {
  protected:
    SqliteCheckpointer() : db_(made(path_), true, {}) {
        EXPECT_EQ(db_.ask_text("PRAGMA journal_mode = WAL"), "wal");
        EXPECT_EQ(db_.ask_integer("PRAGMA wal_autocheckpoint = 0"), 0);
        db_.execute("CREATE TABLE pages (bytes BLOB)");
    }
    [[nodiscard]] static const std::string& made(const std::string& path) {
        std::ofstream(path).close();
        return path;
    }
    void write_megabytes(int count) {
        db_.execute("INSERT INTO pages VALUES (zeroblob(" + std::to_string(count) + " * 1048576))");
    }
    [[nodiscard]] std::uintmax_t bytes_of_database() const { return std::filesystem::file_size(path_); }
    template <class Condition>
    [[nodiscard]] static bool within_ten_seconds(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return condition();
    }

    temporary_folder folder_;
    std::string path_ = folder_.path("pages.db");
    connection db_;
};

TEST_F(SqliteCheckpointer, MovesTheLogIntoTheDatabaseBesideTheWriter) {
    write_megabytes(2);
    ASSERT_LT(bytes_of_database(), 1'048'576U) << "the pages are in the log";
    checkpointer beside(path_);
    EXPECT_EQ(beside.at(), step::idle);
    beside.begin();
    ASSERT_TRUE(within_ten_seconds([&] { return beside.at() == step::passed; }));
    EXPECT_GT(bytes_of_database(), 2 * 1'048'576U);
    beside.end();
    EXPECT_EQ(beside.at(), step::idle);
}

TEST_F(SqliteCheckpointer, IsBegunByAFullLogAndEndedByALaterCommit) {
    checkpointer beside(path_);
    const log_keeper keeper(db_.handle(), &beside);
    write_megabytes(1);
    EXPECT_EQ(beside.at(), step::idle) << "a short log is left alone";
    write_megabytes(20);
    ASSERT_TRUE(within_ten_seconds([&] { return beside.at() == step::passed; }));
    write_megabytes(1);
    EXPECT_EQ(beside.at(), step::idle);
    EXPECT_GT(bytes_of_database(), 22 * 1'048'576U) << "the commit moved what the pass had left";
}

}  // namespace
}  // namespace perdure::history::sqlite
