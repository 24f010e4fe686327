#include "history_service/store/sqlite/commit_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "history_service/store/store_error.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t salt = 77;

class CommitLog : public ::testing::Test {
  protected:
    [[nodiscard]] commit_log begin(std::int64_t last, std::size_t file_bytes = std::size_t{64} * 1'024) const {
        return {commit_log::open_files(path_, ""), salt, last, file_bytes};
    }
    [[nodiscard]] std::vector<std::string> read(std::int64_t applied, std::int64_t of = salt) const {
        return commit_log::read(commit_log::open_files(path_, ""), of, applied);
    }
    [[nodiscard]] std::string refusal(std::int64_t applied) const {
        try {
            static_cast<void>(read(applied));
        } catch (const store_error& refused) {
            EXPECT_EQ(refused.failure.code, status_code::data_loss);
            return refused.failure.message;
        }
        return "";
    }
    [[nodiscard]] std::string first_file() const { return commit_log::names(path_)[0]; }
    [[nodiscard]] static std::string content(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }
    static void put(const std::string& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

    temporary_folder folder_;
    std::string path_ = folder_.path("perdure.db");
};

TEST_F(CommitLog, GivesBackWhatIsNotApplied) {
    commit_log log = begin(0);
    for (const char* payload : {"one", "two", "three"}) log.append(payload);
    EXPECT_EQ(log.last_sequence(), 3);
    EXPECT_THAT(read(0), ElementsAre("one", "two", "three"));
    EXPECT_THAT(read(2), ElementsAre("three"));
    EXPECT_THAT(read(3), IsEmpty());
}

TEST_F(CommitLog, GoesOnInTheOtherFileAndComesBack) {
    commit_log log = begin(0, 3 * log_block);
    std::vector<std::string> all;
    for (int i = 1; i <= 20; ++i) {
        all.push_back(std::string(5'000, static_cast<char>('a' + i)));
        if (!log.has_room(all.back().size())) log.turn();
        log.append(all.back());
        const auto before = static_cast<std::int64_t>(std::max(0, i - 2));
        EXPECT_EQ(read(before), std::vector<std::string>(all.begin() + before, all.end())) << i;
    }
    EXPECT_EQ(std::filesystem::file_size(first_file()), 3 * log_block) << "the files do not grow with the commits";
}

TEST_F(CommitLog, TakesACommitThatIsLargerThanAFile) {
    commit_log log = begin(4, 2 * log_block);
    const std::string large(100'000, 'x');
    ASSERT_TRUE(log.has_room(large.size()));
    log.append(large);
    EXPECT_FALSE(log.has_room(1));
    EXPECT_THAT(read(4), ElementsAre(large));
}

TEST_F(CommitLog, KnowsNothingOfTheLogBeforeIt) {
    begin(0).append("of another opening");
    EXPECT_THAT(read(0, salt + 1), IsEmpty());
}

// The commit that was being written when the power went is the last one, and was acknowledged to nobody.
TEST_F(CommitLog, LeavesOutACommitThatIsTorn) {
    {
        commit_log log = begin(0);
        log.append("whole");
        log.append(std::string(10'000, 't'));
    }
    const std::string whole = content(first_file());
    for (std::size_t torn = log_block; torn < 4 * log_block; torn += 512) {
        std::string bytes = whole;
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(torn), bytes.begin() + static_cast<std::ptrdiff_t>(torn) + 512,
                  '\0');
        put(first_file(), bytes);
        if (bytes == whole) continue;
        EXPECT_THAT(read(0), ElementsAre("whole")) << "torn at " << torn;
    }
}

TEST_F(CommitLog, SaysSoWhenACommitIsMissingBeforeAnother) {
    {
        commit_log log = begin(0);
        for (const char* payload : {"one", "two", "three"}) log.append(payload);
    }
    std::string bytes = content(first_file());
    bytes[log_block + 33] = 'X';
    put(first_file(), bytes);
    EXPECT_THAT(refusal(0), HasSubstr("has commit 3 and not commit 2"));
    EXPECT_THAT(read(2), ElementsAre("three")) << "what is applied is not needed";
}

TEST_F(CommitLog, SaysSoWhenItIsNewerThanTheDatabase) {
    begin(10).append("eleven");
    EXPECT_THAT(refusal(3), HasSubstr("restore a backup of the database together with its log"));
}

TEST_F(CommitLog, ThatIsDeletedIsNotWrittenToAnyMore) {
    commit_log log = begin(0);
    log.append("one");
    std::filesystem::remove(first_file());
    EXPECT_THROW(log.append("into nowhere"), store_error);
}

}  // namespace
}  // namespace perdure::history::sqlite
