#include "sdk/worker/describe_options.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "api/iso_time.hpp"

namespace perdure::detail {
namespace {

// Collects members; what is empty or zero and means "not set" is left out.
class members {
  public:
    void always(std::string_view name, json_value value) { held_.push_back({std::string(name), std::move(value)}); }
    void count(std::string_view name, std::uint64_t value) { always(name, json_value(value)); }
    void flag(std::string_view name, bool value) { always(name, json_value(value)); }
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) always(name, json_value(std::string(value)));
    }
    void span(std::string_view name, std::chrono::milliseconds value) {
        if (value != std::chrono::milliseconds{0}) text(name, to_iso_duration(value));
    }
    json_value take() { return json_value(std::move(held_)); }

  private:
    json_value::object held_;
};

std::string_view name_of(cancellation_type type) {
    switch (type) {
        case cancellation_type::try_cancel:
            return "TRY_CANCEL";
        case cancellation_type::wait_cancelled:
            return "WAIT_CANCELLATION_COMPLETED";
        case cancellation_type::abandon:
            return "ABANDON";
    }
    return {};
}

std::string_view name_of(replay_level level) {
    switch (level) {
        case replay_level::commands:
            return "commands";
        case replay_level::arguments:
            return "arguments";
        case replay_level::state:
            return "state";
    }
    return {};
}

json_value describe(const retry_policy& policy) {
    members said;
    said.span("initialInterval", policy.initial);
    said.always("backoffCoefficient", json_value(policy.backoff));
    said.span("maximumInterval", policy.max_interval);
    if (policy.max_attempts > 0) said.count("maximumAttempts", static_cast<std::uint64_t>(policy.max_attempts));
    json_value::list errors;
    for (const std::string_view name : policy.non_retryable) errors.emplace_back(std::string(name));
    if (!errors.empty()) said.always("nonRetryableErrorTypes", json_value(std::move(errors)));
    return said.take();
}

}  // namespace

json_value describe_options(const activity_options& options) {
    members said;
    said.span("startToCloseTimeout", options.timeouts.start_to_close());
    said.span("scheduleToCloseTimeout", options.timeouts.schedule_to_close());
    said.span("scheduleToStartTimeout", options.timeouts.schedule_to_start());
    said.span("heartbeatTimeout", options.heartbeat);
    said.always("retryPolicy", describe(options.retry));
    said.text("taskQueue", options.task_queue);
    said.text("cancellationType", name_of(options.cancellation));
    return said.take();
}

json_value describe_options(const worker_options& options) {
    members said;
    said.count("workflowThreads", options.workflow_threads);
    said.count("activityThreads", options.activity_threads);
    said.count("maxWorkflowTasks", options.max_workflow_tasks);
    said.count("maxActivities", options.max_activities);
    said.always("maxActivitiesPerSecond", json_value(options.max_activities_per_second));
    said.count("cacheBytes", options.cache_bytes);
    said.flag("eagerActivities", options.eager_activities);
    said.text("identity", options.identity);
    said.text("replayLevel", name_of(options.replay_level));
    if (!options.replay_level_of.empty()) {
        members levels;
        for (const auto& [type, level] : options.replay_level_of) levels.text(type, name_of(level));
        said.always("replayLevelOf", levels.take());
    }
    said.flag("recordCallSites", options.record_call_sites);
    said.text("buildId", options.build_id);
    said.text("drainTimeout", to_iso_duration(options.drain_timeout));
    said.text("deadlockTimeout", to_iso_duration(options.deadlock_timeout));
    said.count("metricsPort", options.metrics_port);
    said.text("leastLogLevel", to_string(options.least_log_level));
    return said.take();
}

}  // namespace perdure::detail
