#include "bench/suite/compare.hpp"

#include <gtest/gtest.h>

#include "tests/unit/bench/some_results.hpp"

namespace perdure::bench {
namespace {

const change& rate_in(const std::vector<change>& changes) {
    for (const change& one : changes)
        if (one.figure == "workflows_per_second") return one;
    throw std::runtime_error("the rate was not compared");
}

verdict verdict_on(const std::vector<double>& before, const std::vector<double>& after, pairing pairs = pairing::none) {
    return rate_in(compare(results_with(before), results_with(after), pairs)).verdict;
}

TEST(BenchCompare, AFigureIsWorseOnlyBeyondWhatTheRunsScatter) {
    EXPECT_EQ(verdict_on({1000, 1010, 990}, {900, 905, 895}), verdict::worse);
    EXPECT_EQ(verdict_on({1000, 1010, 990}, {1100, 1105, 1095}), verdict::better);
    // The same medians, but the runs before lay between 850 and 1150.
    EXPECT_EQ(verdict_on({1000, 1150, 850}, {900, 905, 895}), verdict::same);
}

TEST(BenchCompare, LessThanATwentiethIsNoChangeHoweverSteadyTheRuns) {
    EXPECT_EQ(verdict_on({1000, 1000, 1000}, {960, 960, 960}), verdict::same);
    EXPECT_EQ(verdict_on({1000, 1000, 1000}, {940, 940, 940}), verdict::worse);
}

TEST(BenchCompare, OneRunTellsNothingOfTheNoise) {
    EXPECT_EQ(verdict_on({1000}, {800}), verdict::same);
    EXPECT_EQ(verdict_on({1000}, {650}), verdict::worse);
}

TEST(BenchCompare, ForLatenciesLessIsBetter) {
    results before;
    results after;
    for (int run = 0; run < 3; ++run) {
        before.add(order4_report(1, 300, 2.0));
        after.add(order4_report(1, 300, 3.0));
    }
    for (const change& one : compare(before, after, pairing::none))
        EXPECT_EQ(one.verdict, one.figure == "p50_ms" ? verdict::worse : verdict::same) << one.figure;
}

TEST(BenchCompare, PairsSeeThroughWhatMovesBoth) {
    // The machine was slower and slower; in each pair the second was a tenth slower than the first.
    const std::vector<double> before{1000, 800, 600, 400, 200};
    const std::vector<double> after{900, 720, 540, 360, 180};
    EXPECT_EQ(verdict_on(before, after), verdict::same);
    EXPECT_EQ(verdict_on(before, after, pairing::by_turn), verdict::worse);
}

TEST(BenchCompare, WhatIsSmallerThanItsUnitCanTellIsNoChange) {
    results before;
    results after;
    for (int run = 0; run < 3; ++run) {
        report idle{.workload = "idle", .store = "sqlite"};
        idle.add("idle_cpu_ms_per_second", 0);
        before.add(idle);
        idle.figures.front().value = 0.5;
        after.add(idle);
    }
    ASSERT_EQ(compare(before, after, pairing::none).size(), 1U);
    EXPECT_EQ(compare(before, after, pairing::none).front().verdict, verdict::same);
    for (auto& [name, values] : after.all.front().figures) values = {5, 5, 5};
    EXPECT_EQ(compare(before, after, pairing::none).front().verdict, verdict::worse);
}

TEST(BenchCompare, LeavesOutWhatOnlyOneOfThemHasAndWhatOnlyDescribes) {
    results before = results_with({1000, 1000, 1000});
    results after = before;
    after.add(order4_report(256, 4000, 5));
    const auto changes = compare(before, after, pairing::none);
    EXPECT_EQ(changes.size(), 2U);
    for (const change& one : changes) EXPECT_NE(one.figure, "finished");
    EXPECT_TRUE(compare(results{}, after, pairing::none).empty());
}

TEST(BenchCompare, TellsTheWorseFirst) {
    results before;
    results after;
    for (int run = 0; run < 3; ++run) {
        before.add(order4_report(32, 1000, 10));
        after.add(order4_report(32, 1500, 15));
    }
    const std::string text = to_text(compare(before, after, pairing::none));
    EXPECT_EQ(text,
              "worse   order4 mode=remote concurrency=32 seconds=5.0 on sqlite: p50_ms 10.0 -> 15.0 (+50.0 %, noise 5.0 %)\n"
              "better  order4 mode=remote concurrency=32 seconds=5.0 on sqlite: workflows_per_second 1000 -> 1500 (+50.0 %, "
              "noise 5.0 %)\n"
              "0 figures within the noise\n");
}

}  // namespace
}  // namespace perdure::bench
