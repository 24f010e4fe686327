#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "sdk/replay/workflow_run.hpp"
#include "sdk/worker/core/meter.hpp"
#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

/// When a run's memory is given up on purpose.
enum class cache_policy {
    sticky,             // only when the cache is full
    evict_after_task,   // after each workflow task: the next one replays from the start
    evict_after_event,  // as above, and while a task is applied the run is also destroyed and replayed at each event
};

struct run_host_options {
    std::string space = "default";
    std::string identity;
    /// Bytes of cached runs; the least recently used go first.
    std::size_t cache_bytes = 64U << 20U;
    cache_policy policy = cache_policy::sticky;
    /// How strictly replays compare, for all workflow types and for single ones.
    perdure::replay_level replay_level = perdure::replay_level::commands;
    std::map<std::string, perdure::replay_level, std::less<>> replay_level_of{};
    bool record_call_sites = true;
    /// Trap what a replay cannot repeat.
    bool guard_code = false;
};

/// The workflow runs of one thread: gives each task to its run, made or found, and keeps what fits in the cache.
///
/// One thread at a time, the destructor included.
class run_host {
  public:
    /// The registry, the hooks, the beacon and the meter must outlive the host; hooks and beacon may be null.
    run_host(const workflow_registry& types, run_host_options options, run_hooks* hooks = nullptr,
             activation_beacon* beacon = nullptr, meter& measurements = no_meter());

    /// Applies a workflow task. Runs that no longer fit are evicted before this returns, so that no answer is given for a
    /// run whose next task could find it half gone.
    [[nodiscard]] workflow_answer handle(const pb::service::PollWorkflowTaskQueueResponse& task);

    void evict(const std::string& run_id);
    void evict_all();

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return runs_.size(); }

  private:
    struct cached_run {
        std::unique_ptr<workflow_run> run;
        std::size_t bytes = 0;
        std::list<const std::string*>::iterator place;
    };
    using cache = std::unordered_map<std::string, cached_run>;

    [[nodiscard]] workflow_answer to_answer(const pb::service::PollWorkflowTaskQueueResponse& task, activation_result result);
    [[nodiscard]] workflow_answer refuse(const pb::service::PollWorkflowTaskQueueResponse& task, std::string reason);
    [[nodiscard]] bool goes_on_after(const std::string& run_id, std::int64_t started_event_id) const;
    [[nodiscard]] cache::node_type take(const std::string& run_id);
    void keep(const std::string& run_id, cache::node_type place, std::unique_ptr<workflow_run> run);
    void shrink();
    void walk_every_event(const workflow_type& type, const pb::service::PollWorkflowTaskQueueResponse& task);
    [[nodiscard]] run_identity identity_of(const pb::service::PollWorkflowTaskQueueResponse& task) const;
    [[nodiscard]] activation_environment environment(std::string_view workflow_type) const;

    const workflow_registry& types_;
    run_host_options options_;
    run_hooks* hooks_;
    activation_beacon* beacon_;
    meter& meter_;
    cache runs_;
    /// Run ids, which are the keys of `runs_`, the least recently used first.
    std::list<const std::string*> by_use_;
    std::size_t bytes_ = 0;
};

}  // namespace perdure::detail
