#include <gtest/gtest.h>

#include <regex>

#include "tests/tidy/tree.hpp"

namespace perdure::tidy {
namespace {

struct banned {
    std::string pattern;
    std::string instead;
    std::string in;  ///< a folder; empty is everywhere in code
};

// The words are put together here from parts, so that this file does not trip over itself.
std::vector<banned> rules() {
    const std::string now = "::no";
    return {
        {std::string("\\bTO") + "DO\\b|\\bFIX" + "ME\\b|\\bXX" + "X\\b", "do it, or say in the docs what is not there", ""},
        {std::string("std::ra") + "nd\\b", "an id source or generator that is passed in", ""},
        {std::string("\\bgo") + "to ", "a loop or a function", ""},
        {std::string("using names") + "pace std;", "names with std::", ""},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in",
         "history_service/engine/"},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in",
         "history_service/shard/"},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in", "matching/"},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in", "server/node/"},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in", "sdk/replay/"},
        {std::string("(system|steady|high_resolution)_clock") + now + "w", "the time that is passed in", "sdk/workflow/"},
        {std::string("sleep") + "_for|usleep\\(", "given time, or a condition to wait for", "tests/unit/"},
        {std::string("sleep") + "_for|usleep\\(", "a timer of the loop", "server/"},
        {std::string("random") + "_device", "the randomness that is passed in", "history_service/"},
        {std::string("\\bst") + "oi\\(|\\bat" + "oi\\(", "std::from_chars with its error checked", ""},
        {std::string("std::re") + "gex\\b", "a parser without unbounded recursion on input", "server/"},
        {std::string("std::re") + "gex\\b", "a parser without unbounded recursion on input", "history_service/"},
    };
}

TEST(Tidy, BannedWordsHaveReplacements) {
    std::string report;
    for (const banned& rule : rules()) {
        const std::regex pattern(rule.pattern);
        for (const file& f : files()) {
            if (!f.is_code() || f.under("tests/tidy/") || !f.under(rule.in)) continue;
            for (std::size_t i = 0; i < f.lines.size(); ++i)
                if (std::regex_search(f.lines[i], pattern)) report += at(f, i + 1, "use " + rule.instead + ": " + f.lines[i]);
        }
    }
    EXPECT_EQ(report, "");
}

TEST(Tidy, NothingNamesThisMachineOrHowTheWorkWasOrganised) {
    const std::regex pattern(std::string("/wo") + "rk/|/ro" + "ot/|\\bsub" + "agent|\\bhel" + "per-[0-9]|issue #?[0-9]|CLA" +
                             "UDE");
    std::string report;
    for (const file& f : files()) {
        if (f.under("tests/tidy/")) continue;
        for (std::size_t i = 0; i < f.lines.size(); ++i)
            if (std::regex_search(f.lines[i], pattern)) report += at(f, i + 1, "say it without: " + f.lines[i]);
    }
    EXPECT_EQ(report, "");
}

TEST(Tidy, HeadersAreGuarded) {
    std::string report;
    for (const file& f : files())
        if (f.has_suffix(".hpp") && (f.lines.empty() || f.lines.front() != "#pragma once"))
            report += at(f, 1, "starts with #pragma once");
    EXPECT_EQ(report, "");
}

}  // namespace
}  // namespace perdure::tidy
