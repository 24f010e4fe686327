#include "bench/suite/plan.hpp"

#include <gtest/gtest.h>

#include <set>

namespace perdure::bench {
namespace {

std::set<std::string> workloads_of(const std::vector<planned>& plan) {
    std::set<std::string> names;
    for (const planned& one : plan) names.insert(one.arguments.front());
    return names;
}

TEST(BenchPlan, MeasuresTheLimitsFirstThenEveryWorkloadOnEveryStore) {
    const auto plan = make_plan({});
    EXPECT_EQ(plan.front().arguments.front(), "limits");
    EXPECT_EQ(workloads_of(plan), (std::set<std::string>{"limits", "order4", "payload", "start", "signals", "fanout", "long",
                                                         "naps", "mixed", "timers", "recovery", "idle"}));
    std::multiset<std::string> orders;
    for (const planned& one : plan)
        if (one.arguments.front() == "order4") orders.insert(one.store + " " + one.arguments.at(2));
    EXPECT_EQ(orders,
              (std::multiset<std::string>{"memory 1", "memory 1024", "memory 256", "memory 32", "postgres 1", "postgres 1024",
                                          "postgres 256", "postgres 32", "sqlite 1", "sqlite 1024", "sqlite 256", "sqlite 32"}));
}

TEST(BenchPlan, RecoversNothingFromMemory) {
    std::set<std::string> stores;
    for (const planned& one : make_plan({.only = {"recovery"}}))
        if (one.arguments.front() == "recovery") stores.insert(one.store);
    EXPECT_EQ(stores, (std::set<std::string>{"sqlite", "postgres"}));
}

TEST(BenchPlan, LeavesOutWhatIsNotAskedFor) {
    const auto plan = make_plan({.quick = true, .only = {"start"}, .stores = {"sqlite"}});
    ASSERT_EQ(plan.size(), 2U);
    EXPECT_EQ(plan[0].arguments.front(), "limits");
    EXPECT_EQ(plan[0].store, "sqlite");
    EXPECT_EQ(plan[1].arguments, (std::vector<std::string>{"start", "--count", "5000"}));
}

TEST(BenchPlan, NamesTheWorkloadsWhenOneIsUnknown) {
    try {
        static_cast<void>(make_plan({.only = {"order5"}}));
        FAIL() << "it was planned";
    } catch (const std::invalid_argument& e) {
        EXPECT_STREQ(e.what(),
                     "there is no workload 'order5'; there are fanout, idle, long, mixed, naps, order4, payload, "
                     "recovery, signals, start, timers");
    }
}

}  // namespace
}  // namespace perdure::bench
