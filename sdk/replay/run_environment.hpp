#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "perdure/log.hpp"
#include "sdk/replay/replay_rules.hpp"

namespace perdure::detail {

/// Who a run is, in the words of logs and metrics.
struct run_identity {
    std::string space;  // the namespace
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string task_queue;
};

/// Where a run's log lines and metrics go. Called on the thread that activates the run, never while it replays history,
/// and never from a destructor of workflow code. Implementations must not throw.
class run_hooks {
  public:
    virtual ~run_hooks() = default;

    /// A line that workflow code wrote, or a warning of the runtime about the run.
    virtual void log(const run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) = 0;

    /// A counter that workflow code raised.
    virtual void count(const run_identity& run, std::string_view counter, double amount) = 0;
};

/// What a thread is doing inside workflow code, readable from another thread while it does it. One a thread; the strings are
/// literals, so a reader may keep the pointers. The four values are not read as one: a diagnostic may mix two neighbours.
struct activation_beacon {
    std::atomic<const char*> file{nullptr};      // where the frame that was resumed last had been waiting
    std::atomic<const char*> function{nullptr};  // the function of that frame
    std::atomic<std::uint32_t> line{0};
    std::atomic<std::uint64_t> resumes{0};  // rises with each step; unchanged means that one step does not end
};

class replay_watcher;

/// What an activation needs from its surroundings. The pointers may be null.
struct activation_environment {
    run_hooks* hooks = nullptr;
    activation_beacon* beacon = nullptr;
    replay_watcher* watcher = nullptr;
    replay_rules rules{};
    std::string_view space{};     // the namespace the worker serves
    bool guard_code = false;      // trap what a replay cannot repeat, see sdk/guards
    std::string_view identity{};  // the worker's name, for failures that the run writes
};

}  // namespace perdure::detail
