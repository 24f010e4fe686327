#include "bench/suite/table.hpp"

#include <gtest/gtest.h>

#include "tests/unit/bench/some_results.hpp"

namespace perdure::bench {
namespace {

results measured() {
    results made = results_with({2570});
    report limits{.workload = "limits"};
    limits.add("flush_ms", 0.5);
    limits.add("sqlite_rows_at_1", 1'000);
    limits.add("sqlite_rows_at_16", 16'000);
    limits.add("sqlite_rows_at_64", 50'000);
    limits.add("sqlite_rows_at_256", 90'000);
    made.add(limits);
    report one = order4_report(1, 250, 3.1);
    one.add("transitions_per_workflow", 10);
    one.add("batch_size", 4);
    made.add(one);
    return made;
}

TEST(BenchTable, KnowsTheShareOfTheLimitAtTheSameBatchSize) {
    const results all = measured();
    const series* alone = all.find("order4 mode=remote concurrency=1 seconds=5.0", "sqlite");
    ASSERT_NE(alone, nullptr);
    // 4 lies half way between 1 and 16, where 4,000 rows a second lie; 250 workflows of 10 records are 2,500.
    ASSERT_TRUE(share_of_limit(*alone, all).has_value());
    EXPECT_NEAR(*share_of_limit(*alone, all), 0.625, 1e-9);
}

TEST(BenchTable, HasNoShareOfALimitThatWasNotMeasured) {
    const results all = measured();
    series in_memory = *all.find("order4 mode=remote concurrency=1 seconds=5.0", "sqlite");
    in_memory.store = "memory";
    EXPECT_FALSE(share_of_limit(in_memory, all).has_value());
    EXPECT_FALSE(share_of_limit(*all.find("order4 mode=remote concurrency=32 seconds=5.0", "sqlite"), all).has_value());
}

TEST(BenchTable, ComparesWithTheFastestPeer) {
    const results all = measured();
    EXPECT_NEAR(times_fastest_peer(*all.find("order4 mode=remote concurrency=1 seconds=5.0", "sqlite")).value(), 3, 1e-9);
    EXPECT_NEAR(times_fastest_peer(*all.find("order4 mode=remote concurrency=32 seconds=5.0", "sqlite")).value(), 10, 1e-9);
    EXPECT_FALSE(times_fastest_peer({.workload = "signals", .store = "sqlite"}).has_value());
}

TEST(BenchTable, ShowsEachStoreInItsColumnAndDashesForTheOthers) {
    results all = measured();
    all.failures = {"order4 --concurrency 1 on postgres: it is not there"};
    const std::string table = to_table(all);
    for (const char* wanted :
         {"workflows_per_second                  2570             -             -\n", "Limits of this machine\n",
          "of the store's own limit            62.5 %             -             -\n",
          "times the fastest peer                10.0             -             -\n",
          "p50 in flushes                        6.20             -             -\n", "DBOS 5.3",
          "Not measured: order4 --concurrency 1 on postgres: it is not there\n"})
        EXPECT_NE(table.find(wanted), std::string::npos) << wanted << "in\n" << table;
}

}  // namespace
}  // namespace perdure::bench
