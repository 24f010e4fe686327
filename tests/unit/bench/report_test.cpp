#include "bench/report/report.hpp"

#include <gtest/gtest.h>

#include <set>

#include "bench/report/figures.hpp"
#include "tests/unit/bench/some_results.hpp"

namespace perdure::bench {
namespace {

TEST(BenchReport, ComesBackFromItsJson) {
    const report told = order4_report(32, 2500.5, 12.25);
    const report back = report_from(nlohmann::ordered_json::parse(to_json(told).dump()));
    EXPECT_EQ(back.workload, "order4");
    EXPECT_EQ(back.store, "sqlite");
    EXPECT_EQ(back.parameters, told.parameters);
    ASSERT_NE(back.find("workflows_per_second"), nullptr);
    EXPECT_EQ(*back.find("workflows_per_second"), 2500.5);
    EXPECT_EQ(to_json(back).dump(), to_json(told).dump());
}

TEST(BenchReport, IsFlatJsonThatScriptsCanAskForAFigure) {
    const auto json = to_json(order4_report(1, 300, 2));
    EXPECT_EQ(json["workload"], "order4");
    EXPECT_EQ(json["concurrency"], 1);
    EXPECT_EQ(json["p50_ms"], 2);
}

TEST(BenchReport, RefusesWhatIsNone) {
    EXPECT_THROW(static_cast<void>(report_from(nlohmann::ordered_json::array())), std::runtime_error);
    EXPECT_THROW(static_cast<void>(report_from({{"p50_ms", 1}})), std::runtime_error);
    EXPECT_THROW(static_cast<void>(report_from({{"workload", "order4"}, {"p50_ms", "fast"}})), std::runtime_error);
}

TEST(BenchReport, TitleNamesTheParametersAndNotTheStore) {
    EXPECT_EQ(title_of(order4_report(32, 1, 1)), "order4 mode=remote concurrency=32 seconds=5.0");
}

TEST(BenchFigures, AreNamedOnceAndSayWhatTheyMean) {
    std::set<std::string_view> names;
    for (const figure_definition& one : figure_catalogue()) {
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
        EXPECT_FALSE(one.meaning.empty()) << one.name;
    }
    EXPECT_GT(names.size(), 40U);
}

}  // namespace
}  // namespace perdure::bench
