#pragma once

#include <pthread.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sdk/worker/core/meter.hpp"
#include "sdk/worker/gate.hpp"
#include "sdk/worker/log_lines.hpp"
#include "sdk/worker/run_host.hpp"

namespace perdure::detail {

/// What every workflow thread of a worker shares. Kept alive by each thread, also by one that was given up.
struct workflow_surroundings {
    std::shared_ptr<const workflow_registry> types;
    run_host_options host;
    std::shared_ptr<log_lines> lines;
    std::shared_ptr<meter> measurements;
    /// Called on the workflow thread; says whether another answer follows soon.
    std::function<void(job_id, workflow_answer, gate::urgency)> answer;
};

/// One thread that runs workflow code, with the runs that belong to it. It may lend them to another thread for one task.
class workflow_thread {
  public:
    explicit workflow_thread(std::shared_ptr<const workflow_surroundings> surroundings);
    /// Waits for the task that is under way; what waits is dropped. The runs are destroyed on their own thread.
    ~workflow_thread();
    workflow_thread(const workflow_thread&) = delete;
    workflow_thread& operator=(const workflow_thread&) = delete;

    void submit(job_id job, workflow_task_ptr task);
    void evict(std::string run_id);

    /// The runs go to the caller for one task, while this thread has nothing else to do; null when it has. What is returned is
    /// called once, on any thread and also after this one is given up: it runs the task and brings the runs back. It has no
    /// answer when they were given up meanwhile.
    [[nodiscard]] std::function<std::optional<workflow_answer>()> lend(job_id job, workflow_task_ptr task);

    /// A task whose code has not come back.
    struct stuck_task {
        job_id job = 0;
        workflow_task_ptr task;
        std::chrono::milliseconds since{};
        /// Where the code was resumed last: "charge (order.cpp:31)"; empty when not known.
        std::string where;
        pthread_t thread{};
    };

    /// The task under way, if one step of it has taken longer than `limit` (or all of it ten times that).
    [[nodiscard]] std::unique_ptr<stuck_task> find_stuck(std::chrono::milliseconds limit);

    /// Gives the thread up, with its runs: it is left alone, and ends when its code comes back. Returns what waited for it.
    [[nodiscard]] std::vector<std::pair<job_id, workflow_task_ptr>> abandon();

  private:
    struct shared_state;
    static void run(const std::shared_ptr<shared_state>& state);

    std::shared_ptr<shared_state> state_;
    std::thread thread_;
};

}  // namespace perdure::detail
