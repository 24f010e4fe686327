#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>

#include "perdure/activity.hpp"
#include "perdure/log.hpp"
#include "sdk/replay/run_environment.hpp"
#include "sdk/worker/core/meter.hpp"

namespace perdure::detail {

/// Where the lines of a worker go: what it says itself, what workflow code and activities log. Thread safe.
class log_lines final : public run_hooks {
  public:
    using sink = std::function<void(log_level, std::string_view)>;

    /// Without a sink, lines go to stderr with time and level. The meter takes the counters of workflow code.
    log_lines(log_level least, sink to, std::shared_ptr<meter> counters);

    /// From here on lines go nowhere; returns when none is being written any more. A thread that was given up may outlive its
    /// worker, and what the worker was told to log to.
    void close();

    void write(log_level level, std::string_view text) const;
    void write_activity(const activity_info& about, log_level level, std::string_view message,
                        std::initializer_list<kv> fields) const;

    void log(const run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) override;
    void count(const run_identity& run, std::string_view counter, double amount) override;

  private:
    void put(log_level level, std::string_view line) const;

    log_level least_;
    sink sink_;
    mutable std::shared_mutex closing_;
    bool closed_ = false;
    std::shared_ptr<meter> counters_;
};

}  // namespace perdure::detail
