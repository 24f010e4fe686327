#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tidy/tree.hpp"

namespace perdure::tidy {
namespace {

// Which folders a folder's code may include, besides itself. The build enforces it too, by what is linked.
const std::map<std::string, std::set<std::string>> may_include{
    {"api", {}},
    {"matching", {"api"}},
    {"history_service", {"api"}},
    {"server", {"api", "matching", "history_service"}},
    {"sdk", {"api"}},
    {"tools", {"sdk"}},
    {"cli", {"api", "matching", "history_service", "server", "sdk"}},
    {"examples", {"sdk"}},
    {"bench", {"api", "matching", "history_service", "server", "sdk", "examples"}},
};

// The two parts of the SDK that contain a server, and the only ones.
bool may_hold_a_server(const file& f) { return f.under("sdk/embedded/") || f.under("sdk/testing/"); }

std::string top_folder(const std::string& path) { return path.substr(0, path.find('/')); }

TEST(Tidy, ArrowsBetweenFoldersPointOneWay) {
    std::string report;
    for (const file& f : files()) {
        if (!f.is_code()) continue;
        const std::string from = top_folder(f.path);
        const auto rule = may_include.find(from);
        if (rule == may_include.end()) continue;
        for (const std::string& name : includes(f)) {
            const std::string to = top_folder(name);
            if (!may_include.contains(to) || to == from || rule->second.contains(to)) continue;
            if (may_hold_a_server(f)) continue;
            report += f.path + ": includes " + name + "; " + from + "/ may not depend on " + to + "/\n";
        }
    }
    EXPECT_EQ(report, "");
}

// Headers that say async or asio in their name are for those who use Asio already.
TEST(Tidy, PublicHeadersPullInNoSocketLibrary) {
    std::string report;
    for (const file& f : files()) {
        if (!f.under("sdk/include/") || !f.has_suffix(".hpp") || f.path.find("async") != std::string::npos ||
            f.path.find("asio") != std::string::npos)
            continue;
        for (const std::string& name : includes(f)) {
            if (name.starts_with("boost/asio") || name.starts_with("boost/beast") || name.starts_with("spdlog/") ||
                name.ends_with(".pb.h"))
                report += f.path + ": includes " + name + "; keep it behind a source file\n";
        }
    }
    EXPECT_EQ(report, "");
}

// Deterministic cores read no clock, own no thread and do no I/O.
TEST(Tidy, CoresDoNoInputOrOutput) {
    const std::set<std::string> refused{"thread",   "mutex",  "condition_variable", "future",   "fstream",
                                        "iostream", "random", "unistd.h",           "sqlite3.h"};
    std::string report;
    for (const file& f : files()) {
        const bool core = f.under("history_service/engine/") || f.under("matching/") || f.under("sdk/replay/");
        if (!core || !f.is_code()) continue;
        for (const std::string& name : includes(f)) {
            if (refused.contains(name) || name.starts_with("boost/asio") || name.starts_with("boost/beast"))
                report += f.path + ": includes <" + name + ">; a core takes values and returns values\n";
        }
    }
    EXPECT_EQ(report, "");
}

}  // namespace
}  // namespace perdure::tidy
