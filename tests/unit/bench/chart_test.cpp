#include "bench/suite/chart.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/bench/some_results.hpp"

namespace perdure::bench {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(BenchChart, ShowsOurBarsBesideThePeersThatWereRecorded) {
    const auto panels = panels_of(results_with({2570}));
    ASSERT_EQ(panels.size(), 1U) << "only 32 at a time was measured";
    ASSERT_EQ(panels[0].bars.size(), 5U);
    EXPECT_EQ(panels[0].bars[0].name, "Perdure on SQLite");
    EXPECT_EQ(panels[0].bars[0].value, 2570);
    EXPECT_EQ(std::ranges::count_if(panels[0].bars, &bar::ours), 1);
}

TEST(BenchChart, HasNothingToShowOfOtherWorkloads) {
    results others;
    others.add({.workload = "start", .store = "sqlite", .figures = {{"starts_per_second", 5}}});
    EXPECT_TRUE(panels_of(others).empty());
}

TEST(BenchChart, DrawsBarsInProportionAndEscapesWords) {
    const std::string svg =
        to_svg({{.title = "a < b", .bars = {{.name = "whole", .value = 10, .ours = true}, {.name = "half", .value = 5}}}}, "R&D");
    EXPECT_EQ(svg.substr(0, 4), "<svg");
    EXPECT_TRUE(svg.ends_with("</svg>\n"));
    EXPECT_NE(svg.find("a &lt; b"), std::string::npos);
    EXPECT_NE(svg.find("R&amp;D"), std::string::npos);
    EXPECT_EQ(count(svg, "<rect"), 2U);
    EXPECT_NE(svg.find("class=\"ours\" x=\"222\" y=\"46\" width=\"406.0\""), std::string::npos) << svg;
    EXPECT_NE(svg.find("class=\"peer\" x=\"222\" y=\"70\" width=\"203.0\""), std::string::npos) << svg;
}

}  // namespace
}  // namespace perdure::bench
