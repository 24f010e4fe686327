#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "edit.hpp"
#include "mutant.hpp"
#include "naming.hpp"
#include "stories.hpp"

namespace perdure::mutations {
namespace {

const std::string root = PERDURE_SOURCE_DIR;

std::vector<edit> edits(bool quiet) {
    std::vector<edit> all;
    for (const char* file : {"order_loud", "order_quiet", "club_loud", "club_quiet"})
        for (edit& each : read_edits(root + "/tests/mutations/edits/" + file + ".edits"))
            if (each.quiet() == quiet) all.push_back(std::move(each));
    return all;
}

replay_report replay(const edit& change, const std::string& story, int level) {
    // Code that reads the environment meets another one than the history was recorded in.
    ::setenv("PERDURE_MUTANTS", "1", 1);
    replayer edited({.level = static_cast<replay_level>(level)});
    const auto known = mutant::all().find(change.full_name());
    if (known == mutant::all().end()) throw std::runtime_error(change.full_name() + " is not built: configure again");
    known->second(edited);
    return edited.replay(history::from_json_file(root + "/tests/mutations/histories/" + story + ".json"));
}

touched touched_by(const edit& change) {
    sources files = read_sources(root, change.source);
    return apply(change, files);
}

class Edits : public testing::TestWithParam<edit> {};
INSTANTIATE_TEST_SUITE_P(Loud, Edits, testing::ValuesIn(edits(false)), [](const auto& info) { return info.param.full_name(); });

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

TEST_P(Edits, WarnBelowTheirLevel) {
    const edit& change = GetParam();
    if (change.level == 0) GTEST_SKIP() << "there is no level below";
    const replay_report report = replay(change, change.story, change.level - 1);
    if (report.number() == "PD-1014") GTEST_SKIP() << "what differs at each replay is an error at each level";
    EXPECT_TRUE(report.ok()) << report;
    bool warned = false;
    for (const mismatch& warning : report.warnings()) warned |= warning.number == change.number;
    EXPECT_TRUE(warned) << report;
}

class QuietEdits : public testing::TestWithParam<edit> {};
INSTANTIATE_TEST_SUITE_P(All, QuietEdits, testing::ValuesIn(edits(true)),
                         [](const auto& info) { return info.param.full_name(); });

TEST_P(QuietEdits, FitEveryHistory) {
    for (const story& told : stories()) {
        if (told.source != GetParam().source) continue;
        const replay_report report = replay(GetParam(), told.name, 2);
        EXPECT_TRUE(report.ok()) << report;
        EXPECT_TRUE(report.warnings().empty()) << report;
    }
}

std::string table() {
    std::string text = "| Edit | Workflow | Level | Number | The line is named as |\n|---|---|---|---|---|\n";
    for (const edit& change : edits(false)) {
        const std::string named = named_by(replay(change, change.story, change.level), touched_by(change));
        text += "| " + change.what + " | " + change.source + " | " + std::to_string(change.level) + " | [" + change.number +
                "](errors/" + change.number + ".md) | " + named + " |\n";
    }
    text += "\n| Edit that stays quiet | Workflow |\n|---|---|\n";
    for (const edit& change : edits(true)) text += "| " + change.what + " | " + change.source + " |\n";
    return text;
}

TEST(Corpus, StandsInTheDocumentation) {
    std::ifstream in(root + "/docs/replay.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const std::string made = table();
    if (page.find(made) != std::string::npos) return;
    const std::filesystem::path file = std::filesystem::path(PERDURE_BINARY_DIR) / "mutants.md";
    std::ofstream(file) << made;
    FAIL() << "docs/replay.md does not show this table of the edits: put " << file << " there";
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
