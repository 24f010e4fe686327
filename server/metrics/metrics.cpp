#include "server/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "api/assert.hpp"

namespace perdure::server {
namespace {

const std::vector<double>& buckets_of(metric_kind kind) {
    static const std::vector<double> seconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                             0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
    static const std::vector<double> counts{1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 16384, 65536, 1048576, 16777216};
    return kind == metric_kind::histogram_seconds ? seconds : counts;
}

prometheus::Labels to_labels(metric_labels labels) {
    prometheus::Labels out;
    for (const metric_label& label : labels) out.emplace(label.name, label.value);
    return out;
}

// One time series: whichever of the three its kind says.
struct series {
    prometheus::Counter* counter = nullptr;
    prometheus::Gauge* gauge = nullptr;
    prometheus::Histogram* histogram = nullptr;
};

struct family {
    metric_kind kind = metric_kind::counter;
    prometheus::Family<prometheus::Counter>* counters = nullptr;
    prometheus::Family<prometheus::Gauge>* gauges = nullptr;
    prometheus::Family<prometheus::Histogram>* histograms = nullptr;
    std::unordered_map<std::string, series> by_labels{};
};

std::string key_of(metric_labels labels) {
    std::string key;
    for (const metric_label& label : labels) {
        key += label.name;
        key += '\x1f';
        key += label.value;
        key += '\x1e';
    }
    return key;
}

}  // namespace

struct metrics::implementation {
    prometheus::Registry registry;
    std::mutex mutex;
    std::unordered_map<std::string_view, family> families;
    std::vector<std::function<void(metrics&)>> refreshers;

    implementation() {
        for (const metric_definition& definition : metric_catalogue()) {
            family& made = families[definition.name];
            made.kind = definition.kind;
            const std::string name(definition.name);
            const std::string help(definition.help);
            switch (definition.kind) {
                case metric_kind::counter:
                    made.counters = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
                    break;
                case metric_kind::gauge:
                    made.gauges = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
                    break;
                case metric_kind::histogram_seconds:
                case metric_kind::histogram_count:
                    made.histograms = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
                    break;
            }
        }
    }

    series& find(std::string_view name, metric_labels labels) {
        const std::scoped_lock lock(mutex);
        const auto found = families.find(name);
        PERDURE_ASSERT(found != families.end(), "a metric is declared in the catalogue before it is used");
        family& of = found->second;
        series& one = of.by_labels[key_of(labels)];
        if (of.counters != nullptr && one.counter == nullptr) one.counter = &of.counters->Add(to_labels(labels));
        if (of.gauges != nullptr && one.gauge == nullptr) one.gauge = &of.gauges->Add(to_labels(labels));
        if (of.histograms != nullptr && one.histogram == nullptr)
            one.histogram = &of.histograms->Add(to_labels(labels), buckets_of(of.kind));
        return one;
    }
};

metrics::metrics() : implementation_(std::make_unique<implementation>()) {}
metrics::~metrics() = default;

void metrics::count(std::string_view name, metric_labels labels, double by) {
    series& one = implementation_->find(name, labels);
    PERDURE_ASSERT(one.counter != nullptr, "only a counter counts");
    one.counter->Increment(by);
}

void metrics::set(std::string_view name, metric_labels labels, double value) {
    series& one = implementation_->find(name, labels);
    PERDURE_ASSERT(one.gauge != nullptr, "only a gauge is set");
    one.gauge->Set(value);
}

void metrics::observe(std::string_view name, metric_labels labels, double value) {
    series& one = implementation_->find(name, labels);
    PERDURE_ASSERT(one.histogram != nullptr, "only a histogram observes");
    one.histogram->Observe(value);
}

void metrics::before_scrape(std::function<void(metrics&)> refresh) { implementation_->refreshers.push_back(std::move(refresh)); }

std::string metrics::text() {
    for (const auto& refresh : implementation_->refreshers) refresh(*this);
    auto families = implementation_->registry.Collect();
    std::erase_if(families, [](const prometheus::MetricFamily& one) { return one.metric.empty(); });
    std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace perdure::server
