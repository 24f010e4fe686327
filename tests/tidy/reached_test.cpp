#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/tidy/tree.hpp"

namespace perdure::tidy {
namespace {

std::string compile_commands() {
    std::ifstream in(std::string(PERDURE_BINARY_DIR) + "/compile_commands.json");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(Tidy, EverySourceIsBuilt) {
    const std::string commands = compile_commands();
    ASSERT_FALSE(commands.empty());
    std::string report;
    for (const file& f : files()) {
        if (!f.has_suffix(".cpp") || f.under("cmake/") || f.under("tests/compile_fail/") || f.under("tests/fuzz/")) continue;
        if (commands.find("/" + f.path) == std::string::npos) report += f.path + ": is in no target\n";
    }
    EXPECT_EQ(report, "");
}

TEST(Tidy, EveryHeaderIsIncluded) {
    std::set<std::string> included;
    for (const file& f : files())
        for (const std::string& name : includes(f)) included.insert(name);
    std::string report;
    for (const file& f : files()) {
        if (!f.has_suffix(".hpp")) continue;
        // A header is named from the root or from an include folder above it: every tail of its path counts.
        bool reached = included.contains(f.path);
        for (auto slash = f.path.find('/'); !reached && slash != std::string::npos; slash = f.path.find('/', slash + 1))
            reached = included.contains(f.path.substr(slash + 1));
        if (!reached) report += f.path + ": nobody includes it\n";
    }
    EXPECT_EQ(report, "");
}

}  // namespace
}  // namespace perdure::tidy
