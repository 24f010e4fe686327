#include "server/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/assert.hpp"

namespace perdure::server {
namespace {

const std::vector<double>& buckets_of(metric_kind kind) {
    static const std::vector<double> seconds(latency_bounds.begin(), latency_bounds.end());
    static const std::vector<double> counts(count_bounds.begin(), count_bounds.end());
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
    // What was taken over of a tally that is kept elsewhere.
    std::vector<std::uint64_t> taken_buckets{};
    double taken_sum = 0;
};

template <const auto& bounds>
void take_over_into(series& one, const tally<bounds>& total) {
    PERDURE_ASSERT(one.histogram != nullptr, "only a histogram takes a tally over");
    one.taken_buckets.resize(total.buckets.size());
    std::vector<double> more(total.buckets.size());
    for (std::size_t at = 0; at < more.size(); ++at)
        more[at] = static_cast<double>(total.buckets[at] - std::exchange(one.taken_buckets[at], total.buckets[at]));
    one.histogram->ObserveMultiple(more, total.sum - std::exchange(one.taken_sum, total.sum));
}

struct family {
    metric_kind kind = metric_kind::counter;
    prometheus::Family<prometheus::Counter>* counters = nullptr;
    prometheus::Family<prometheus::Gauge>* gauges = nullptr;
    prometheus::Family<prometheus::Histogram>* histograms = nullptr;
    std::unordered_map<std::string, series> by_labels{};
};

std::string key_of(metric_labels labels) {
    std::size_t size = 0;
    for (const metric_label& label : labels) size += label.name.size() + label.value.size() + 2;
    std::string key;
    key.reserve(size);
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

void metrics::take_over(std::string_view name, metric_labels labels, std::uint64_t total) {
    series& one = implementation_->find(name, labels);
    PERDURE_ASSERT(one.counter != nullptr, "only a counter takes a total over");
    one.counter->Increment(static_cast<double>(total) - one.counter->Value());
}

void metrics::take_over(std::string_view name, metric_labels labels, const latency_tally& total) {
    take_over_into(implementation_->find(name, labels), total);
}

void metrics::take_over(std::string_view name, metric_labels labels, const count_tally& total) {
    take_over_into(implementation_->find(name, labels), total);
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
