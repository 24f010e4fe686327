#include "bench/stage/metrics_text.hpp"

#include <gtest/gtest.h>

namespace perdure::bench {
namespace {

TEST(BenchMetricsText, SumsANameOverItsLabels) {
    const auto sums = sums_of_metrics(
        "# HELP commits How many.\n"
        "# TYPE commits counter\n"
        "commits{operation=\"a b\"} 3\n"
        "commits{operation=\"c\",kind=\"}\"} 4.5\n"
        "size 1e+06\n"
        "broken\n"
        "\n"
        "words{x=\"y\"} NaN-ish");
    EXPECT_EQ(sums.at("commits"), 7.5);
    EXPECT_EQ(sums.at("commits{operation=\"a b\"}"), 3);
    EXPECT_EQ(sums.at("commits{operation=\"c\",kind=\"}\"}"), 4.5);
    EXPECT_EQ(sums.at("size"), 1e6);
    EXPECT_FALSE(sums.contains("broken"));
    EXPECT_FALSE(sums.contains("#"));
}

TEST(BenchMetricsText, OfNothingAreNone) { EXPECT_TRUE(sums_of_metrics("").empty()); }

}  // namespace
}  // namespace perdure::bench
