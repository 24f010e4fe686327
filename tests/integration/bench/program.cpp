#include "tests/integration/bench/program.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace perdure::bench {

namespace fs = std::filesystem;

test_folder::test_folder() {
    std::string name = (fs::path(testing::TempDir()) / "bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for a test: " + name);
    path_ = name;
}

test_folder::~test_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

outcome run_bench(const std::string& arguments, const test_folder& in) {
    const std::string program = std::string(PERDURE_BINARY_DIR) + "/bin/perdure-bench";
    const std::string command = "'" + program + "' " + arguments + " --folder '" + in.path().string() + "' 2>&1";
    outcome made;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return made;
    std::array<char, 4096> part{};
    for (std::size_t got = 0; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;) made.output.append(part.data(), got);
    const int status = ::pclose(pipe);
    made.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return made;
}

nlohmann::ordered_json report_of(const std::string& arguments, const test_folder& in) {
    const outcome made = run_bench(arguments + " --json", in);
    auto json = nlohmann::ordered_json::parse(made.output, nullptr, false);
    EXPECT_EQ(made.status, 0) << made.output;
    EXPECT_TRUE(json.is_object()) << made.output;
    return json.is_object() ? json : nlohmann::ordered_json::object();
}

}  // namespace perdure::bench
