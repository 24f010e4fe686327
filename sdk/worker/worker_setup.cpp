#include "sdk/worker/worker_setup.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "sdk/activity/activity_registry.hpp"
#include "sdk/guards/guards.hpp"
#include "sdk/worker/prometheus_meter.hpp"

namespace perdure::detail {

std::shared_ptr<meter> make_meter(const worker_options& options, const std::string& space) {
    if (options.metrics_port == 0) return {&no_meter(), [](meter*) {}};
    return make_prometheus_meter(options.metrics_port, space, options.task_queue);
}

core_options to_core(const worker_options& options, const registrations& registered, connection& via) {
    core_options core;
    core.space = via.space();
    core.identity = options.identity.empty() ? via.identity() : options.identity;
    core.build_id = options.build_id;
    core.task_queue = options.task_queue;
    if (options.cache_bytes > 0) core.sticky_queue = core.identity + ":" + via.make_request_id();
    if (!registered.workflows()->empty()) core.workflow_slots = options.max_workflow_tasks;
    if (!registered.activities()->empty())
        core.activity_slots = options.max_activities > 0 ? options.max_activities : options.activity_threads;
    core.max_activities_per_second = options.max_activities_per_second;
    // Without workflows nobody here could ask, and the slots kept for it would be lost.
    core.eager_activities = options.eager_activities && core.workflow_slots > 0;
    core.drain_timeout = options.drain_timeout;
    core.servers = via.servers();
    core.seed = std::random_device{}();
    core.conversion = via.conversion();
    return core;
}

std::shared_ptr<workflow_surroundings> surround(const worker_options& options, const registrations& registered,
                                                const core_options& core, std::shared_ptr<log_lines> lines,
                                                std::shared_ptr<meter> measurements) {
    auto around = std::make_shared<workflow_surroundings>();
    around->types = registered.workflows();
    around->host.space = core.space;
    around->host.identity = core.identity;
    around->host.cache_bytes = options.cache_bytes / std::max(1U, options.workflow_threads);
    around->host.replay_level = options.replay_level;
    around->host.replay_level_of = options.replay_level_of;
    around->host.record_call_sites = options.record_call_sites;
    around->host.policy = options.cache_bytes == 0 ? cache_policy::evict_after_task : cache_policy::sticky;
    around->host.guard_code = options.guard_workflow_code && guards::available();
    around->lines = std::move(lines);
    around->measurements = std::move(measurements);
    return around;
}

}  // namespace perdure::detail
