// Every workload, so small that nothing is learnt from its figures but that they are there and can be true.
#include <gtest/gtest.h>

#include "tests/integration/bench/program.hpp"
#include "tests/support/postgres/cluster.hpp"

namespace perdure::bench {
namespace {

using json = nlohmann::ordered_json;

void expect_positive(const json& in, std::initializer_list<const char*> figures) {
    for (const char* name : figures) {
        ASSERT_TRUE(in.contains(name)) << name << " is not in " << in;
        EXPECT_GT(in[name].get<double>(), 0) << name << " in " << in;
    }
}

void expect_order(const json& in, const char* less, const char* more) {
    ASSERT_TRUE(in.contains(less) && in.contains(more)) << in;
    EXPECT_LE(in[less].get<double>(), in[more].get<double>()) << less << " and " << more << " in " << in;
}

class BenchWorkload : public testing::TestWithParam<std::string> {
  protected:
    [[nodiscard]] bool lasts() const { return GetParam() != "memory"; }

    void SetUp() override {
        if (GetParam() != "postgres") return;
        if (const auto missing = support::postgres_cluster::missing()) GTEST_SKIP() << "PostgreSQL is not tested: " << *missing;
        auto& cluster = support::postgres_cluster::shared();
        store_ = cluster.uri(cluster.make_database());
    }

    json measure(const std::string& arguments) {
        json made = report_of(arguments + " --store '" + store_ + "'", folder_);
        EXPECT_EQ(made.value("workload", ""), arguments.substr(0, arguments.find(' ')));
        EXPECT_EQ(made.value("store", ""), GetParam());
        return made;
    }

    // What the common frame measures, whatever the workload.
    void expect_spending(const json& in) const {
        expect_positive(in, {"server_rss_mb", "transitions_per_workflow", "batch_size"});
        expect_order(in, "server_cpu_ms", "cpu_ms_per_workflow");
        EXPECT_EQ(in.contains("database_cpu_ms"), GetParam() == "postgres") << in;
        EXPECT_EQ(in.contains("flushes_per_step"), lasts()) << in;
        if (!lasts()) return;
        expect_positive(in, {"flushes_per_step", "flushes_per_workflow"});
        expect_order(in, "flushes_per_step", "flushes_per_workflow");
    }

    test_folder folder_;
    std::string store_ = GetParam();
};

TEST_P(BenchWorkload, Order4) {
    const json made = measure("order4 --concurrency 2 --seconds 1 --warm-up 0.1");
    EXPECT_EQ(made["concurrency"], 2);
    expect_positive(made, {"finished", "workflows_per_second", "p50_ms", "flush_ms"});
    expect_order(made, "p50_ms", "p99_ms");
    expect_spending(made);
    // A start, four activities and the end are six changes at least.
    EXPECT_GE(made["transitions_per_workflow"].get<double>(), 6) << made;
}

TEST_P(BenchWorkload, Payload) {
    const json made = measure("payload --concurrency 2 --seconds 2 --warm-up 0.1");
    EXPECT_EQ(made["payload_bytes"], 102'400);
    expect_positive(made, {"finished", "workflows_per_second"});
    expect_spending(made);
}

TEST_P(BenchWorkload, Start) {
    const json made = measure("start --count 60 --concurrency 8");
    EXPECT_EQ(made["finished"], 60);
    expect_positive(made, {"starts_per_second", "p50_ms"});
    expect_spending(made);
    EXPECT_EQ(made["transitions_per_workflow"], 1) << "a start is one change";
}

TEST_P(BenchWorkload, SignalsToOneRun) {
    const json made = measure("signals --to one --count 40 --warm-up 0.1");
    EXPECT_EQ(made["finished"], 40);
    expect_positive(made, {"signals_per_second", "p50_ms"});
    expect_spending(made);
    EXPECT_GE(made["transitions_per_workflow"].get<double>(), 40) << "each signal is a change";
}

TEST_P(BenchWorkload, SignalsToManyRuns) {
    const json made = measure("signals --to many --count 200 --warm-up 0.1");
    EXPECT_EQ(made["finished"], 200);
    expect_positive(made, {"signals_per_second", "p50_ms"});
    expect_spending(made);
}

TEST_P(BenchWorkload, Fanout) {
    // So wide that its history has more than one page.
    const json made = measure("fanout --count 600");
    EXPECT_EQ(made["activities"], 600);
    expect_positive(made, {"finished", "activities_per_second", "p50_ms"});
    expect_spending(made);
    EXPECT_GE(made["transitions_per_workflow"].get<double>(), 600) << "the end of each activity is a change";
}

TEST_P(BenchWorkload, Long) {
    const json made = measure("long --count 120");
    EXPECT_EQ(made["events"], 120);
    expect_positive(made, {"steps_per_second", "first_step_us", "last_step_us", "last_over_first"});
    EXPECT_NEAR(made["last_over_first"].get<double>(), made["last_step_us"].get<double>() / made["first_step_us"].get<double>(),
                1e-6);
    EXPECT_EQ(made.contains("first_step_bytes"), lasts());
    expect_spending(made);
}

TEST_P(BenchWorkload, Timers) {
    const json made = measure("timers --count 40 --span 0.5 --concurrency 2 --warm-up 0.2");
    EXPECT_EQ(made["finished"], 40);
    expect_positive(made, {"order4_per_second"});
    expect_order(made, "lateness_p50_ms", "lateness_p99_ms");
    expect_order(made, "resumed_p50_ms", "resumed_p99_ms");
    EXPECT_GE(made["lateness_p50_ms"].get<double>(), 0) << "a timer that fires early is wrong";
    expect_order(made, "lateness_p50_ms", "resumed_p50_ms");
    expect_spending(made);
}

TEST_P(BenchWorkload, Naps) {
    const json made = measure("naps --count 5");
    EXPECT_EQ(made["finished"], 5);
    EXPECT_GE(made["p50_ms"].get<double>(), 10) << "that is how long they sleep";
    expect_order(made, "p50_ms", "p99_ms");
}

TEST_P(BenchWorkload, Mixed) {
    const json made = measure("mixed --concurrency 10 --seconds 1 --warm-up 0.1");
    expect_positive(made,
                    {"finished", "workflows_per_second", "order4_p50_ms", "signals_p50_ms", "naps_p50_ms", "fanout_p50_ms"});
    EXPECT_GE(made["naps_p50_ms"].get<double>(), 50) << "that is how long they sleep";
    expect_spending(made);
}

TEST_P(BenchWorkload, Idle) {
    const json made = measure("idle --count 30 --seconds 0.2");
    EXPECT_EQ(made["count"], 30);
    expect_positive(made, {"idle_rss_mb", "waiting_rss_mb"});
    EXPECT_EQ(made.contains("disk_bytes_per_run"), lasts());
    if (!lasts()) return;
    EXPECT_EQ(made["open_runs"], 31) << "the sleepers and the one that waits for a letter";
    expect_positive(made, {"disk_bytes_per_run"});
}

TEST_P(BenchWorkload, Recovery) {
    if (!lasts()) {
        const outcome refused = run_bench("recovery --count 30 --store memory", folder_);
        EXPECT_EQ(refused.status, 1);
        EXPECT_NE(refused.output.find("use another --store"), std::string::npos) << refused.output;
        return;
    }
    const json made = measure("recovery --count 30");
    EXPECT_EQ(made["open_runs"], 30) << "all of them but the one that ended";
    expect_positive(made, {"ready_ms"});
    expect_order(made, "ready_ms", "step_ms");
}

INSTANTIATE_TEST_SUITE_P(Stores, BenchWorkload, testing::Values("sqlite", "memory", "postgres"),
                         [](const auto& info) { return info.param; });

TEST(Bench, EmbeddedOrdersHaveAllInOneProcess) {
    const test_folder folder;
    const json made = report_of("order4 --mode embedded --concurrency 2 --seconds 0.5 --warm-up 0.1", folder);
    expect_positive(made, {"finished", "workflows_per_second", "client_cpu_ms"});
    EXPECT_EQ(made["server_cpu_ms"], 0);
}

TEST(Bench, LimitsAreThoseOfTheMachine) {
    const test_folder folder;
    const json made = report_of("limits --seconds 0.8", folder);
    expect_positive(made, {"flush_ms", "loopback_ms", "sqlite_rows_at_1"});
    expect_order(made, "sqlite_rows_at_1", "sqlite_rows_at_256");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "it leaves nothing behind";
}

TEST(Bench, LimitsOfPostgreSqlAreMeasuredWhereItIsTheStore) {
    if (const auto missing = support::postgres_cluster::missing()) GTEST_SKIP() << "PostgreSQL is not tested: " << *missing;
    auto& cluster = support::postgres_cluster::shared();
    const test_folder folder;
    const json made = report_of("limits --seconds 0.8 --store '" + cluster.uri(cluster.make_database()) + "'", folder);
    expect_positive(made, {"sqlite_rows_at_1", "postgres_rows_at_1"});
    expect_order(made, "postgres_rows_at_1", "postgres_rows_at_256");
}

TEST(Bench, AStoreThatIsNoneIsToldInOneSentence) {
    const test_folder folder;
    const outcome refused = run_bench("order4 --store mysql", folder);
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(refused.output.find("'mysql' is no store: give sqlite, memory or postgres://..."), std::string::npos)
        << refused.output;
}

}  // namespace
}  // namespace perdure::bench
