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

TEST(Metrics, NamesAreUniqueAndExplained) {
    std::set<std::string_view> names;
    for (const metric_definition& definition : metric_catalogue()) {
        EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
        EXPECT_TRUE(definition.help.ends_with('.')) << definition.name;
    }
}

}  // namespace
}  // namespace perdure::server
