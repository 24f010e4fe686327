#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sdk/guards/sanitized.hpp"
#include "tests/tidy/tree.hpp"

namespace perdure::tidy {
namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// What the compiler is given: the files of the build's commands, and those that a unity build reads through its own files.
std::string compiled() {
    const std::filesystem::path build = PERDURE_BINARY_DIR;
    std::string names = content(build / "compile_commands.json");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(build)) {
        if (entry.path().parent_path().filename() == "Unity" && entry.path().extension() == ".cxx")
            names += content(entry.path());
    }
    return names;
}

TEST(Tidy, EverySourceIsBuilt) {
    if (PERDURE_SANITIZED != 0) GTEST_SKIP() << "a build with a sanitizer leaves out what says nothing more in it";
    const std::string commands = compiled();
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
