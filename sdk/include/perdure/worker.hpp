#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <perdure/activity.hpp>
#include <perdure/client.hpp>
#include <perdure/contract.hpp>
#include <perdure/detail/registrations.hpp>
#include <perdure/log.hpp>
#include <perdure/replay_level.hpp>

namespace perdure {

/// What a worker serves and how much it takes on.
struct worker_options {
    /// The queue that it serves. Required.
    std::string task_queue;
    /// Threads for workflow code. A run belongs to one of them for life; a task that comes alone may be run by the thread that
    /// read it instead, while the run's own has nothing to do.
    unsigned workflow_threads = 2;
    /// Threads for activities that block. One that was over within 100 us many times in a row may be run by the thread that
    /// read its task instead.
    unsigned activity_threads = 32;
    /// Workflow tasks in hand at once.
    unsigned max_workflow_tasks = 100;
    /// Activities under way at once; 0 means one a thread. Activities that are awaited need a slot but no thread.
    unsigned max_activities = 0;
    /// Activities a second that this worker starts; 0 means no limit.
    double max_activities_per_second = 0;
    /// Memory for runs that wait for their next task; 0 replays each run at each task.
    std::size_t cache_bytes = std::size_t{256} << 20U;
    /// Ask for the activities of a workflow task in its own answer while a slot is free.
    bool eager_activities = true;
    /// Who works, as histories show it; empty means "process@host".
    std::string identity{};
    /// How strictly the history of a run is compared when it is replayed, and the same for single workflow types.
    perdure::replay_level replay_level = perdure::replay_level::commands;
    std::map<std::string, perdure::replay_level, std::less<>> replay_level_of{};
    /// Note with each command where in the source it was made, for reports of mismatches; about 60 bytes a command.
    bool record_call_sites = true;
    /// The version of this program, for logs and histories.
    std::string build_id{};
    /// How long a stop waits for running activities before it asks them to stop too.
    std::chrono::milliseconds drain_timeout{30'000};
    /// Workflow code that does not come back for this long fails its task; 0 means never.
    /// Off under a debugger and with PERDURE_DEBUG=1.
    std::chrono::milliseconds deadlock_timeout{2'000};
    /// Workflow code that calls what a replay cannot repeat (clocks, sleeps, entropy, sockets, files, threads, getenv, held
    /// locks) fails its task with a sentence that names the call, the line and what to use instead. Costs a branch at each
    /// such call of the process, and a look into the debug information when one is caught. No effect under sanitizers.
#ifdef NDEBUG
    bool guard_workflow_code = false;
#else
    bool guard_workflow_code = true;
#endif
    /// Serves the SDK's metrics for Prometheus at this port of 127.0.0.1; 0 means not at all.
    std::uint16_t metrics_port = 0;
    log_level least_log_level = log_level::info;
    /// Takes the log lines instead of stderr. Called on any thread, and not any more once the worker has stopped.
    std::function<void(log_level, std::string_view)> log_to{};
};

/// Runs workflows and activities of one task queue: takes tasks from the server over one connection, for as long as it runs.
///
/// Register everything, then run. The connection may come and go; answers that could not be given are given again after it
/// came back. Registration is not thread safe; `stop` may be called on any thread.
class worker {
  public:
    /// Throws std::invalid_argument for options that cannot work.
    worker(const client& via, worker_options options);
    /// Stops as `stop` does and waits for the end.
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Registers a workflow class (one that derives from `implements<Contract>` and has a `definition()`).
    template <class Workflow>
    void add_workflow() {
        registered_.add_workflow<Workflow>();
    }
    /// Registers a workflow function (made by `define_function`).
    template <class Definition>
    void add_workflow(const Definition& definition) {
        registered_.add_workflow(definition);
    }

    /// Registers the implementation of an activity: any callable with the contract's parameters and result. It may take an
    /// `activity_context&` first, and is called by many threads at once.
    template <detail::any_activity A, class F>
    void add_activity(const A& activity, F function) {
        registered_.add_activity(activity, std::move(function));
    }
    /// The same for a member function of an object, which must outlive the worker.
    template <detail::any_activity A, class Member, class Object>
        requires std::is_member_function_pointer_v<Member>
    void add_activity(const A& activity, Member member, Object& object) {
        registered_.add_activity(activity, member, object);
    }

    /// Works until `stop` is called or the process gets SIGTERM or SIGINT; a second signal ends the drain at once.
    /// Returns the process's exit code: 0 after a drain, 1 when the server refused the worker (the log says why).
    /// Throws std::invalid_argument when nothing is registered.
    int run_until_signalled();

    /// Begins to work on threads of its own and returns. Throws std::invalid_argument when nothing is registered.
    void start();
    /// Takes nothing new, finishes what is under way and returns when that is done; see `worker_options::drain_timeout`.
    void stop();
    /// Waits until the worker has stopped; returns false when the server refused it.
    bool wait();

    [[nodiscard]] const worker_options& options() const noexcept { return options_; }

    /// What is registered, for the library's own programs.
    [[nodiscard]] const detail::registrations& registered() const noexcept { return registered_; }

  private:
    class impl;
    worker_options options_;
    detail::registrations registered_;
    std::unique_ptr<impl> impl_;
};

}  // namespace perdure
