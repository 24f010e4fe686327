#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/conformance/suite.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

using ::testing::HasSubstr;

class SqliteFile : public ::testing::Test {
  protected:
    sqlite_options options() const {
        sqlite_options made;
        made.path = folder_.path("perdure.db");
        return made;
    }
    std::unique_ptr<store> open() { return conformance::must(open_sqlite_store(options())); }
    std::string refusal(const sqlite_options& with) {
        auto opened = open_sqlite_store(with);
        EXPECT_FALSE(opened);
        if (opened) return "";
        EXPECT_EQ(opened.error().code, status_code::failed_precondition) << opened.error().message;
        return opened.error().message;
    }
    // Changes the file behind the store's back.
    void sql(const std::string& text) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(options().path.c_str(), &db), SQLITE_OK);
        char* message = nullptr;
        EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, &message), SQLITE_OK) << (message ? message : "");
        sqlite3_close(db);
    }
    static void write_one_run(store& db, run_number run) {
        commit_batch batch = conformance::batch_of({conformance::new_run(run)});
        batch.epoch = conformance::must(take_lease(db, "test")).epoch;
        ASSERT_TRUE(db.commit(batch));
    }

    temporary_folder folder_;
};

TEST_F(SqliteFile, IsRefusedToASecondServer) {
    const auto first = open();
    // Another process, as the lock belongs to one; it reports by its exit code.
    const pid_t child = ::fork();
    if (child == 0) {
        const auto second = open_sqlite_store(options());
        ::_exit(!second && second.error().message.find("in use by another process") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_THAT(refusal(options()), HasSubstr("stop that server first"));
}

TEST_F(SqliteFile, IsFreeAgainAfterItsServer) {
    write_one_run(*open(), 1);
    EXPECT_TRUE(conformance::must(open()->load_run(1)));
}

TEST_F(SqliteFile, IsNotMadeWhenNobodyAskedForOne) {
    sqlite_options wanted = options();
    wanted.create = false;
    EXPECT_THAT(refusal(wanted), HasSubstr("there is no database"));
    EXPECT_FALSE(std::filesystem::exists(wanted.path));
}

TEST_F(SqliteFile, IsRefusedInAFolderThatIsNotThere) {
    sqlite_options wanted;
    wanted.path = folder_.path("nowhere/perdure.db");
    EXPECT_THAT(refusal(wanted), HasSubstr("cannot open"));
}

TEST_F(SqliteFile, ThatIsGoneWhileItsLogIsThereIsRefused) {
    {
        const auto first = open();
    }
    std::filesystem::remove(options().path);
    std::ofstream(options().path + "-wal") << "acknowledged commits";
    EXPECT_THAT(refusal(options()), HasSubstr("its log"));
    // A file that was cut to nothing is lost as well.
    std::ofstream(options().path).close();
    EXPECT_THAT(refusal(options()), HasSubstr("put the database back"));
}

TEST_F(SqliteFile, OfANewerVersionIsRefused) {
    {
        const auto first = open();
    }
    sql("UPDATE meta SET value = 99 WHERE name = 'schema_version'");
    EXPECT_THAT(refusal(options()), HasSubstr("newer perdure"));
}

TEST_F(SqliteFile, OfAnOlderVersionIsRefused) {
    {
        const auto first = open();
    }
    sql("UPDATE meta SET value = 0 WHERE name = 'schema_version'");
    EXPECT_THAT(refusal(options()), HasSubstr("older perdure"));
}

TEST_F(SqliteFile, OfAnotherProgramIsRefused) {
    sql("CREATE TABLE songs (name TEXT)");
    EXPECT_THAT(refusal(options()), HasSubstr("another program"));
}

TEST_F(SqliteFile, ThatIsNoDatabaseIsRefused) {
    std::ofstream(options().path) << std::string(8'192, 'x');
    const auto opened = open_sqlite_store(options());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("name another file"));
}

TEST_F(SqliteFile, WithATornRowSaysSoInsteadOfReadingIt) {
    write_one_run(*open(), 1);
    sql("UPDATE journal SET records = substr(records, 1, length(records) - 2)");
    const auto db = open();
    const auto loaded = db->load_run(1);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, status_code::data_loss);
}

TEST_F(SqliteFile, ThatIsDeletedUnderItsServerRefusesCommits) {
    const auto db = open();
    write_one_run(*db, 1);
    std::filesystem::rename(options().path, folder_.path("elsewhere.db"));
    commit_batch batch = conformance::batch_of({conformance::new_run(2)});
    batch.epoch = 1;
    const auto refused = db->commit(batch);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("put it back"));
    std::filesystem::rename(folder_.path("elsewhere.db"), options().path);
    EXPECT_TRUE(db->commit(batch)) << "it goes on without a restart";
}

}  // namespace
}  // namespace perdure::history
