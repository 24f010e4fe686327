#include <gtest/gtest.h>

#include "corpus.hpp"
#include "stories.hpp"

namespace perdure::mutations {
namespace {

std::vector<edit> higher_edits() {
    std::vector<edit> all = edits(false);
    std::erase_if(all, [](const edit& each) { return each.level == 0; });
    return all;
}

std::string name_of(const testing::TestParamInfo<edit>& info) { return info.param.full_name(); }

class Edits : public testing::TestWithParam<edit> {};
INSTANTIATE_TEST_SUITE_P(Loud, Edits, testing::ValuesIn(edits(false)), name_of);

TEST_P(Edits, AreCaughtAndTheReportNamesTheLine) {
    const edit& change = GetParam();
    const touched lines = touched_by(change);
    const replay_report report = replay(change, change.story, change.level);
    ASSERT_FALSE(report.ok()) << "nothing was noticed of " << change.what;
    if (report.verdict() == replay_verdict::failed) {
        EXPECT_EQ(report.number(), "PD-1014") << report;
    } else {
        EXPECT_EQ(report.number(), change.number) << report;
    }
    EXPECT_NE(named_by(report, lines), "") << "the edit is at " << lines.file << ":" << lines.is_first << "\n" << report;
}

class HigherEdits : public testing::TestWithParam<edit> {};
INSTANTIATE_TEST_SUITE_P(Loud, HigherEdits, testing::ValuesIn(higher_edits()), name_of);

TEST_P(HigherEdits, WarnBelowTheirLevel) {
    const edit& change = GetParam();
    const replay_report report = replay(change, change.story, change.level - 1);
    if (report.number() == "PD-1014") GTEST_SKIP() << "what differs at each replay is an error at each level";
    EXPECT_TRUE(report.ok()) << report;
    bool warned = false;
    for (const mismatch& warning : report.warnings()) warned |= warning.number == change.number;
    EXPECT_TRUE(warned) << report;
}

class QuietEdits : public testing::TestWithParam<edit> {};
INSTANTIATE_TEST_SUITE_P(All, QuietEdits, testing::ValuesIn(edits(true)), name_of);

TEST_P(QuietEdits, FitEveryHistory) {
    for (const story& told : stories()) {
        if (told.source != GetParam().source) continue;
        const replay_report report = replay(GetParam(), told.name, 2);
        EXPECT_TRUE(report.ok()) << report;
        EXPECT_TRUE(report.warnings().empty()) << report;
    }
}

TEST(Corpus, IsLargeAndEveryHistoryIsUsed) {
    EXPECT_GE(edits(false).size(), 36U);
    EXPECT_GE(edits(true).size(), 12U);
    for (const story& told : stories()) {
        bool used = false;
        for (const edit& change : edits(false)) used |= change.story == told.name;
        EXPECT_TRUE(used) << told.name;
    }
}

}  // namespace
}  // namespace perdure::mutations
