// ./dev bench as a whole, on one small workload: what it writes, and what its status says.
#include <gtest/gtest.h>

#include <fstream>

#include "bench/suite/results.hpp"
#include "bench/suite/suite.hpp"
#include "tests/integration/bench/program.hpp"

namespace perdure::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* small = "all --quick --only naps --stores memory --runs 1";

fs::path only_file(const fs::path& folder, const std::string& extension) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == extension) {
            EXPECT_EQ(found, fs::path()) << "one file with " << extension;
            found = entry.path();
        }
    return found;
}

results read_results(const fs::path& file) {
    std::ifstream in(file);
    return results_from(nlohmann::ordered_json::parse(in));
}

void write_results(const fs::path& file, const results& written) { std::ofstream(file) << to_json(written).dump(); }

class BenchSuite : public testing::Test {
  protected:
    // Measures once and answers the result's file.
    fs::path measure() {
        const fs::path into = folder_.path() / "results";
        const outcome made = run_bench(std::string(small) + " --results '" + into.string() + "'", folder_);
        EXPECT_EQ(made.status, suite_measured) << made.output;
        EXPECT_NE(made.output.find("Limits of this machine"), std::string::npos) << made.output;
        return only_file(into, ".json");
    }

    outcome compare_with(const fs::path& baseline) {
        return run_bench(std::string(small) + " --baseline '" + baseline.string() + "'", folder_);
    }

    test_folder folder_;
};

TEST_F(BenchSuite, WritesWhatItMeasuredAndLeavesNothingElse) {
    const results made = read_results(measure());
    EXPECT_TRUE(made.quick);
    EXPECT_TRUE(made.failures.empty());
    ASSERT_NE(made.limits(), nullptr);
    EXPECT_GT(made.limits()->median_of("flush_ms"), 0);
    const series* naps = made.find("naps count=100", "memory");
    ASSERT_NE(naps, nullptr);
    EXPECT_GE(naps->median_of("p50_ms"), 10);
    for (const auto& entry : fs::directory_iterator(folder_.path())) EXPECT_EQ(entry.path().filename(), "results");
}

TEST_F(BenchSuite, ARegressionHasAStatusOfItsOwn) {
    const fs::path file = measure();
    results faster = read_results(file);
    for (series& one : faster.all)
        for (auto& [name, values] : one.figures)
            if (name == "p50_ms") values = {1.0};
    write_results(file, faster);
    const outcome compared = compare_with(file);
    EXPECT_EQ(compared.status, suite_regressed) << compared.output;
    EXPECT_NE(compared.output.find("worse   naps count=100 on memory: p50_ms 1.00 -> "), std::string::npos) << compared.output;
}

TEST_F(BenchSuite, WhatIsAsGoodAsBeforePasses) {
    const fs::path file = measure();
    results slower = read_results(file);
    for (series& one : slower.all)
        for (auto& [name, values] : one.figures)
            if (name.ends_with("_ms")) values = {60'000.0};
    write_results(file, slower);
    const outcome compared = compare_with(file);
    EXPECT_EQ(compared.status, suite_measured) << compared.output;
    EXPECT_NE(compared.output.find("better  naps"), std::string::npos) << compared.output;
}

TEST_F(BenchSuite, ABaselineOfOtherMeasurementsIsNoPass) {
    const fs::path file = folder_.path() / "other.json";
    write_results(file, {.date = "2026-01-31", .runs = 1});
    const outcome compared = compare_with(file);
    EXPECT_EQ(compared.status, suite_uncomparable) << compared.output;
}

TEST_F(BenchSuite, ABaselineThatIsNoneIsToldBeforeAnythingIsMeasured) {
    const fs::path file = folder_.path() / "none.json";
    std::ofstream(file) << "{}";
    const outcome compared = compare_with(file);
    EXPECT_EQ(compared.status, 1) << compared.output;
    EXPECT_EQ(compared.output.find("run 1/1"), std::string::npos) << compared.output;
}

TEST_F(BenchSuite, AgainstAnotherBuildBothAreMeasuredInTurn) {
    const std::string same = std::string(PERDURE_BINARY_DIR) + "/bin";
    const outcome made = run_bench(std::string(small) + " --against '" + same + "'", folder_);
    EXPECT_NE(made.output.find("Compared with " + same), std::string::npos) << made.output;
    EXPECT_TRUE(made.status == suite_measured || made.status == suite_regressed) << made.output;
}

TEST_F(BenchSuite, WhatCannotBeMeasuredIsToldAndFails) {
    // An empty folder has no programs.
    const fs::path empty = folder_.path() / "empty";
    fs::create_directories(empty);
    const outcome made = run_bench(std::string(small) + " --against '" + empty.string() + "'", folder_);
    EXPECT_NE(made.status, suite_measured) << made.output;
    EXPECT_NE(run_bench("all --only order5", folder_).output.find("there is no workload 'order5'"), std::string::npos);
}

}  // namespace
}  // namespace perdure::bench
