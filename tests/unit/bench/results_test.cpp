#include "bench/suite/results.hpp"

#include <gtest/gtest.h>

#include "tests/unit/bench/some_results.hpp"

namespace perdure::bench {
namespace {

TEST(BenchResults, GatherRunsOfTheSameMeasurement) {
    results all = results_with({100, 300, 200});
    report elsewhere = order4_report(32, 900, 1);
    elsewhere.store = "memory";
    all.add(elsewhere);
    all.add(order4_report(256, 1, 1));
    ASSERT_EQ(all.all.size(), 3U);
    EXPECT_EQ(*all.all[0].find("workflows_per_second"), (std::vector<double>{100, 300, 200}));
    EXPECT_EQ(all.all[0].median_of("workflows_per_second"), 200);
    EXPECT_EQ(all.all[0].median_of("flush_ms"), 0);
}

TEST(BenchResults, MedianIsTheMiddleOrBetweenTheTwo) {
    EXPECT_EQ(median({}), 0);
    EXPECT_EQ(median({7}), 7);
    EXPECT_EQ(median({9, 1, 5}), 5);
    EXPECT_EQ(median({9, 1, 5, 7}), 6);
}

TEST(BenchResults, ComeBackFromTheirFile) {
    results told = results_with({100, 300, 200});
    told.machine = {{"cores", 2}};
    told.failures = {"timers on postgres: no"};
    const results back = results_from(nlohmann::ordered_json::parse(to_json(told).dump()));
    EXPECT_EQ(to_json(back).dump(), to_json(told).dump());
    EXPECT_EQ(back.all[0].title(), told.all[0].title());
    EXPECT_EQ(to_json(told)["results"][0]["figures"]["workflows_per_second"]["median"], 200);
}

TEST(BenchResults, SayWhyAFileIsNone) {
    auto newer = to_json(results_with({1}));
    newer["format"] = 2;
    try {
        static_cast<void>(results_from(newer));
        FAIL() << "it was read";
    } catch (const std::runtime_error& e) {
        EXPECT_NE(std::string(e.what()).find("format 2"), std::string::npos) << e.what();
    }
    EXPECT_THROW(static_cast<void>(results_from({{"format", 1}})), std::runtime_error);
    EXPECT_THROW(static_cast<void>(results_from(nlohmann::ordered_json::array())), std::runtime_error);
}

}  // namespace
}  // namespace perdure::bench
