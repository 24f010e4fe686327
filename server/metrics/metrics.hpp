#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/metrics/tally.hpp"

namespace perdure::server {

enum class metric_kind { counter, gauge, histogram_seconds, histogram_count };

/// One metric that the server has: what Temporal calls it, and what it tells.
struct metric_definition {
    std::string_view name;
    metric_kind kind;
    std::string_view help;
};

/// Every metric of the server, in the order of /metrics.
[[nodiscard]] std::span<const metric_definition> metric_catalogue() noexcept;

/// What it says must last as long as the call that it is for.
struct metric_label {
    std::string_view name;
    std::string_view value;
};
using metric_labels = std::initializer_list<metric_label>;

/// The server's measurements, as Prometheus reads them. Names must be in the catalogue.
///
/// Thread safe. Label values come from small sets (operations, kinds of error): never ids.
class metrics {
  public:
    metrics();
    ~metrics();
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    void count(std::string_view name, metric_labels labels = {}, double by = 1.0);
    void set(std::string_view name, metric_labels labels, double value);
    /// Seconds for a latency, a plain number for a size.
    void observe(std::string_view name, metric_labels labels, double value);

    /// Takes over a total, or a tally, that somebody else counts: what was added since the last time is added here. The
    /// totals of one series come from one place and never decrease.
    void take_over(std::string_view name, metric_labels labels, std::uint64_t total);
    void take_over(std::string_view name, metric_labels labels, const latency_tally& total);
    void take_over(std::string_view name, metric_labels labels, const count_tally& total);

    /// Called before each scrape, on the thread that scrapes: gauges that cost something to know are set here.
    void before_scrape(std::function<void(metrics&)> refresh);

    /// The text of /metrics.
    [[nodiscard]] std::string text();

  private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

/// Sets what the kernel knows of this process: resident bytes, CPU seconds, open descriptors.
void set_process_metrics(metrics& into);

}  // namespace perdure::server
