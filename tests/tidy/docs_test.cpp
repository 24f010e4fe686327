#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/tidy/tree.hpp"

namespace perdure::tidy {
namespace {

TEST(Tidy, EveryPageHasOneTitle) {
    std::string report;
    for (const file& f : files()) {
        if (!f.has_suffix(".md")) continue;
        std::size_t titles = 0;
        bool fenced = false;
        for (const std::string& line : f.lines) {
            if (line.starts_with("```")) fenced = !fenced;
            titles += !fenced && line.starts_with("# ");
        }
        if (titles != 1) report += f.path + ": has " + std::to_string(titles) + " titles, not one\n";
    }
    EXPECT_EQ(report, "");
}

TEST(Tidy, LinksBetweenPagesLeadSomewhere) {
    const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");
    std::string report;
    for (const file& f : files()) {
        if (!f.has_suffix(".md")) continue;
        const std::filesystem::path folder = (std::filesystem::path(PERDURE_SOURCE_DIR) / f.path).parent_path();
        bool fenced = false;
        for (std::size_t i = 0; i < f.lines.size(); ++i) {
            if (f.lines[i].starts_with("```")) fenced = !fenced;
            if (fenced) continue;
            for (auto m = std::sregex_iterator(f.lines[i].begin(), f.lines[i].end(), link); m != std::sregex_iterator(); ++m)
                if (!std::filesystem::exists(folder / (*m)[1].str())) report += at(f, i + 1, "leads nowhere: " + (*m)[1].str());
        }
    }
    EXPECT_EQ(report, "");
}

TEST(Tidy, DecisionsAreNumberedOnce) {
    std::string report;
    std::string last;
    for (const file& f : files()) {
        if (!f.under("docs/decisions/") || !f.has_suffix(".md")) continue;
        const std::string number = f.path.substr(15, 4);
        if (!std::regex_match(number, std::regex("[0-9]{4}"))) report += f.path + ": is named NNNN-what.md\n";
        if (number == last) report += f.path + ": shares its number with another\n";
        last = number;
    }
    EXPECT_EQ(report, "");
}

}  // namespace
}  // namespace perdure::tidy
