#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <perdure/mismatch.hpp>

#include "corpus.hpp"

namespace perdure::mutations {
namespace {

std::string page_of(const std::string& name) {
    std::ifstream in(std::string(PERDURE_SOURCE_DIR) + "/docs/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

// What a page has to show is left beside the program's build, to be put there by hand.
void expect_shown(const std::string& page, const std::string& text, const std::string& file) {
    if (page_of(page).find(text) != std::string::npos) return;
    const std::filesystem::path made = std::filesystem::path(PERDURE_BINARY_DIR) / "shown_in_docs" / file;
    std::filesystem::create_directories(made.parent_path());
    std::ofstream(made) << text;
    ADD_FAILURE() << "docs/" << page << " does not show what is in " << made;
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

TEST(Pages, EachNumberHasOneWithItsTitle) {
    for (int number = 1001; !title_of("PD-" + std::to_string(number)).empty(); ++number) {
        const std::string name = "PD-" + std::to_string(number);
        EXPECT_TRUE(page_of("errors/" + name + ".md").starts_with("# " + name + ": " + std::string(title_of(name)) + "\n"))
            << name;
    }
}

TEST(Pages, ShowTheReportOfTheFirstEditWithTheirNumber) {
    std::set<std::string> shown;
    for (const edit& change : edits(false)) {
        if (!shown.insert(change.number).second) continue;
        const std::string report = replay(change, change.story, change.level).text();
        expect_shown("errors/" + change.number + ".md", "```\n" + report + "```\n", change.number + ".txt");
    }
}

TEST(Pages, ShowAllEditsInATable) { expect_shown("replay.md", table(), "table.md"); }

}  // namespace
}  // namespace perdure::mutations
