#include "sdk/worker/prometheus_meter.hpp"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace perdure::detail {
namespace {

struct metric_name {
    const char* name;
    /// The label that `about` fills; null when it has none.
    const char* label;
};

metric_name name_of(counter what) {
    switch (what) {
        case counter::workflow_completed:
            return {"temporal_workflow_completed", "workflow_type"};
        case counter::workflow_canceled:
            return {"temporal_workflow_canceled", "workflow_type"};
        case counter::workflow_failed:
            return {"temporal_workflow_failed", "workflow_type"};
        case counter::workflow_continue_as_new:
            return {"temporal_workflow_continue_as_new", "workflow_type"};
        case counter::workflow_task_execution_failed:
            return {"temporal_workflow_task_execution_failed", "workflow_type"};
        case counter::workflow_task_no_completion:
            return {"temporal_workflow_task_no_completion", "workflow_type"};
        case counter::workflow_task_queue_poll_succeed:
            return {"temporal_workflow_task_queue_poll_succeed", nullptr};
        case counter::activity_execution_failed:
            return {"temporal_activity_execution_failed", "activity_type"};
        case counter::unregistered_activity_invocation:
            return {"temporal_unregistered_activity_invocation", "activity_type"};
        case counter::sticky_cache_hit:
            return {"temporal_sticky_cache_hit", nullptr};
        case counter::sticky_cache_miss:
            return {"temporal_sticky_cache_miss", nullptr};
        case counter::sticky_cache_total_forced_eviction:
            return {"temporal_sticky_cache_total_forced_eviction", nullptr};
        case counter::worker_start:
            return {"temporal_worker_start", nullptr};
        case counter::poller_start:
            return {"temporal_poller_start", nullptr};
        case counter::request:
            return {"temporal_request", "operation"};
        case counter::request_failure:
            return {"temporal_request_failure", "operation"};
    }
    return {"temporal_unknown", nullptr};
}

metric_name name_of(latency what) {
    switch (what) {
        case latency::workflow_task_schedule_to_start:
            return {"temporal_workflow_task_schedule_to_start_latency", nullptr};
        case latency::workflow_task_execution:
            return {"temporal_workflow_task_execution_latency", "workflow_type"};
        case latency::activity_schedule_to_start:
            return {"temporal_activity_schedule_to_start_latency", "activity_type"};
        case latency::activity_execution:
            return {"temporal_activity_execution_latency", "activity_type"};
        case latency::activity_succeed_endtoend:
            return {"temporal_activity_succeed_endtoend_latency", "activity_type"};
        case latency::request:
            return {"temporal_request_latency", "operation"};
    }
    return {"temporal_unknown", nullptr};
}

// The gauges of slots and pollers differ by worker_type.
std::pair<const char*, const char*> name_of(gauge what) {
    switch (what) {
        case gauge::sticky_cache_size:
            return {"temporal_sticky_cache_size", nullptr};
        case gauge::num_pollers:
            return {"temporal_num_pollers", nullptr};
        case gauge::workflow_slots_available:
            return {"temporal_worker_task_slots_available", "WorkflowWorker"};
        case gauge::workflow_slots_used:
            return {"temporal_worker_task_slots_used", "WorkflowWorker"};
        case gauge::activity_slots_available:
            return {"temporal_worker_task_slots_available", "ActivityWorker"};
        case gauge::activity_slots_used:
            return {"temporal_worker_task_slots_used", "ActivityWorker"};
    }
    return {"temporal_unknown", nullptr};
}

const prometheus::Histogram::BucketBoundaries& buckets() {
    static const prometheus::Histogram::BucketBoundaries seconds{0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                                 1,     2.5,   5,     10,   30,    60,   300, 3600};
    return seconds;
}

// Prometheus knows letters, digits and underscores.
std::string cleaned(std::string_view name) {
    std::string text = "workflow_";
    for (const char letter : name) {
        const bool known =
            (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
        text += known ? letter : '_';
    }
    return text;
}

/// The port and everything that is served there.
struct endpoint_of_metrics {
    explicit endpoint_of_metrics(std::uint16_t port) : exposer("127.0.0.1:" + std::to_string(port), 1) {
        exposer.RegisterCollectable(registry);
    }
    std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
    prometheus::Exposer exposer;
};

std::shared_ptr<endpoint_of_metrics> shared_endpoint(std::uint16_t port) {
    static std::mutex mutex;
    static std::map<std::uint16_t, std::weak_ptr<endpoint_of_metrics>> open;
    const std::lock_guard lock(mutex);
    if (auto existing = open[port].lock()) return existing;
    try {
        auto made = std::make_shared<endpoint_of_metrics>(port);
        open[port] = made;
        return made;
    } catch (const std::exception& error) {
        throw std::runtime_error("the metrics port " + std::to_string(port) + " of 127.0.0.1 cannot be bound (" + error.what() +
                                 "); choose another by --metrics-port");
    }
}

class prometheus_meter final : public meter {
  public:
    prometheus_meter(std::uint16_t port, prometheus::Labels labels)
        : served_(shared_endpoint(port)), labels_(std::move(labels)) {}

    void add(counter what, std::string_view about) override {
        const metric_name named = name_of(what);
        find(counters_, static_cast<int>(what), about, [&]() -> prometheus::Counter& {
            return prometheus::BuildCounter().Name(named.name).Register(*served_->registry).Add(with(named.label, about));
        }).Increment();
    }
    void observe(latency what, std::string_view about, std::chrono::nanoseconds duration) override {
        const metric_name named = name_of(what);
        find(histograms_, static_cast<int>(what), about, [&]() -> prometheus::Histogram& {
            return prometheus::BuildHistogram()
                .Name(named.name)
                .Register(*served_->registry)
                .Add(with(named.label, about), buckets());
        }).Observe(std::chrono::duration<double>(duration).count());
    }
    void set(gauge what, std::int64_t value) override { gauge_of(what).Set(static_cast<double>(value)); }
    void change(gauge what, std::int64_t by) override { gauge_of(what).Increment(static_cast<double>(by)); }
    void add_named(std::string_view name, std::string_view workflow_type, double amount) override {
        const std::lock_guard lock(mutex_);
        prometheus::BuildCounter()
            .Name(cleaned(name))
            .Register(*served_->registry)
            .Add(with("workflow_type", workflow_type))
            .Increment(amount);
    }

  private:
    prometheus::Gauge& gauge_of(gauge what) {
        const auto [name, worker_type] = name_of(what);
        return find(gauges_, static_cast<int>(what), {}, [&]() -> prometheus::Gauge& {
            return prometheus::BuildGauge()
                .Name(name)
                .Register(*served_->registry)
                .Add(with("worker_type", worker_type != nullptr ? worker_type : ""));
        });
    }

    template <class Metric>
    using table = std::map<std::pair<int, std::string>, Metric*, std::less<>>;

    template <class Metric, class Make>
    Metric& find(table<Metric>& known, int what, std::string_view about, const Make& make) {
        const std::lock_guard lock(mutex_);
        auto& place = known[{what, std::string(about)}];
        if (place == nullptr) place = &make();
        return *place;
    }

    prometheus::Labels with(const char* label, std::string_view value) const {
        prometheus::Labels all = labels_;
        if (label != nullptr && !value.empty()) all.emplace(label, std::string(value));
        return all;
    }

    std::shared_ptr<endpoint_of_metrics> served_;
    prometheus::Labels labels_;
    std::mutex mutex_;
    table<prometheus::Counter> counters_;
    table<prometheus::Histogram> histograms_;
    table<prometheus::Gauge> gauges_;
};

}  // namespace

std::shared_ptr<meter> make_prometheus_meter(std::uint16_t port, const std::string& space, const std::string& task_queue) {
    return std::make_shared<prometheus_meter>(port, prometheus::Labels{{"namespace", space}, {"task_queue", task_queue}});
}

}  // namespace perdure::detail
