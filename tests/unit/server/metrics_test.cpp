#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/metrics/metrics.hpp"

namespace perdure::server {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    metrics measured;
    measured.count("service_requests", {{"operation", "QueryWorkflow"}});
    measured.count("service_requests", {{"operation", "QueryWorkflow"}}, 2);
    measured.set("http_connections", {}, 7);
    measured.observe("service_latency", {{"operation", "QueryWorkflow"}}, 0.003);
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("# TYPE service_requests counter\nservice_requests{operation=\"QueryWorkflow\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("http_connections 7\n"));
    EXPECT_THAT(text, HasSubstr("service_latency_bucket{operation=\"QueryWorkflow\",le=\"0.0025\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("service_latency_bucket{operation=\"QueryWorkflow\",le=\"0.005\"} 1\n"));
}

TEST(Metrics, WhatWasNeverMeasuredIsNotShown) {
    metrics measured;
    measured.count("service_requests", {{"operation", "QueryWorkflow"}});
    EXPECT_THAT(measured.text(), Not(HasSubstr("worker_connections")));
}

TEST(Metrics, GaugesAreRefreshedBeforeAScrape) {
    metrics measured;
    measured.before_scrape([](metrics& into) { into.set("worker_connections", {}, 3); });
    measured.before_scrape(set_process_metrics);
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("worker_connections 3\n"));
    EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
}

TEST(Metrics, TotalsOfOthersAreTakenOverOnce) {
    metrics measured;
    latency_tally waited;
    waited.add(0.003);
    waited.add(100);
    for (int scrape = 0; scrape < 3; ++scrape) {
        measured.take_over("poll_success", {{"task_type", "Workflow"}}, 5);
        measured.take_over("syncmatch_latency", {{"task_type", "Workflow"}}, waited);
    }
    waited.add(0.004);
    measured.take_over("poll_success", {{"task_type", "Workflow"}}, 7);
    measured.take_over("syncmatch_latency", {{"task_type", "Workflow"}}, waited);
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("poll_success{task_type=\"Workflow\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("syncmatch_latency_bucket{task_type=\"Workflow\",le=\"0.0025\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("syncmatch_latency_bucket{task_type=\"Workflow\",le=\"0.005\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("syncmatch_latency_bucket{task_type=\"Workflow\",le=\"60\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("syncmatch_latency_count{task_type=\"Workflow\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("syncmatch_latency_sum{task_type=\"Workflow\"} 100.007\n"));
}

TEST(Metrics, ATallyAndAnObservationFallIntoTheSameBucket) {
    for (const double value : {0.0, 0.0005, 0.00051, 1.0, 59.9, 60.0, 61.0}) {
        metrics one;
        metrics other;
        one.observe("syncmatch_latency", {}, value);
        latency_tally tally;
        tally.add(value);
        other.take_over("syncmatch_latency", {}, tally);
        EXPECT_EQ(one.text(), other.text()) << value;
    }
}

TEST(Metrics, NamesAreUniqueAndExplained) {
    std::set<std::string_view> names;
    for (const metric_definition& definition : metric_catalogue()) {
        EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
        EXPECT_TRUE(definition.help.ends_with('.')) << definition.name;
    }
}

}  // namespace
}  // namespace perdure::server
