#include "sdk/worker/workflow_thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace perdure::detail {
namespace {

using steady = std::chrono::steady_clock;

std::string place_of(const activation_beacon& beacon) {
    const char* file = beacon.file.load();
    const char* function = beacon.function.load();
    std::string text = function != nullptr ? function : "";
    if (file != nullptr)
        text +=
            (text.empty() ? "" : " (") + std::string(file) + ":" + std::to_string(beacon.line.load()) + (text.empty() ? "" : ")");
    return text;
}

// Far below the limit that fails a task; what is this slow holds up the other runs of its thread.
constexpr std::chrono::milliseconds slow{200};

void tell_if_slow(const workflow_surroundings& around, const pb::service::PollWorkflowTaskQueueResponse& task,
                  steady::duration took) {
    if (took < slow) return;
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    around.lines->write(log_level::warning, "a workflow task of " + task.workflow_type().name() + " (run " +
                                                task.workflow_execution().run_id() + ") took " + std::to_string(milliseconds) +
                                                " ms; the other runs of its thread waited for it");
}

/// Answers that may wait for the next one, so that the worker's own thread is woken once for some of them: few, and not long.
class held_answers {
  public:
    [[nodiscard]] bool may_hold(steady::time_point now) {
        if (count_ == 0) since_ = now;
        return count_ < most && now - since_ < longest;
    }
    [[nodiscard]] gate::urgency count(bool holds) {
        count_ = holds ? count_ + 1 : 0;
        return holds ? gate::urgency::with_the_next : gate::urgency::now;
    }

  private:
    static constexpr int most = 16;
    static constexpr std::chrono::microseconds longest{500};
    int count_ = 0;
    steady::time_point since_{};
};

}  // namespace

struct workflow_thread::shared_state {
    explicit shared_state(std::shared_ptr<const workflow_surroundings> given)
        : surroundings(std::move(given)),
          host(*surroundings->types, surroundings->host, surroundings->lines.get(), &beacon, *surroundings->measurements) {}

    struct work {
        job_id job = 0;
        workflow_task_ptr task;
        std::string evict;
    };

    [[nodiscard]] bool has_task() const {
        return std::any_of(queue.begin(), queue.end(), [](const work& waiting) { return waiting.task != nullptr; });
    }

    /// Does something with the runs, outside of the lock. Nobody else does anything with them meanwhile.
    template <class Action>
    void use_runs(std::unique_lock<std::mutex>& lock, const Action& action) {
        in_use = true;
        lock.unlock();
        action(host);
        lock.lock();
        in_use = false;
    }

    /// Runs the task. Nothing when the runs were given up meanwhile.
    std::optional<workflow_answer> handle(std::unique_lock<std::mutex>& lock, job_id job, workflow_task_ptr task) {
        current = job;
        current_task = std::move(task);
        runner = ::pthread_self();
        began = steady::now();
        const pb::service::PollWorkflowTaskQueueResponse& wanted = *current_task;
        workflow_answer answer;
        use_runs(lock, [&](run_host& runs) {
            answer = runs.handle(wanted);
            tell_if_slow(*surroundings, wanted, steady::now() - began);
        });
        current = 0;
        current_task.reset();
        if (!abandoned) return answer;
        use_runs(lock, [](run_host& runs) { runs.evict_all(); });
        return std::nullopt;
    }

    std::shared_ptr<const workflow_surroundings> surroundings;
    activation_beacon beacon;
    run_host host;
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<work> queue;
    bool stopping = false;
    bool abandoned = false;
    bool in_use = false;
    // The task under way, for the watchdog.
    job_id current = 0;
    workflow_task_ptr current_task;
    pthread_t runner{};
    steady::time_point began{};
    // What the watchdog saw when it looked last.
    std::uint64_t seen_resumes = 0;
    job_id seen_job = 0;
    steady::time_point seen_since{};
};

workflow_thread::workflow_thread(std::shared_ptr<const workflow_surroundings> surroundings)
    : state_(std::make_shared<shared_state>(std::move(surroundings))), thread_([state = state_] { run(state); }) {}

workflow_thread::~workflow_thread() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->queue.clear();
    }
    state_->ready.notify_one();
    thread_.join();
}

void workflow_thread::run(const std::shared_ptr<shared_state>& state) {
    held_answers held;
    std::unique_lock lock(state->mutex);
    for (;;) {
        state->ready.wait(lock,
                          [&] { return state->abandoned || (!state->in_use && (state->stopping || !state->queue.empty())); });
        // Whoever is at the runs lets go of them.
        if (state->abandoned && state->in_use) return;
        if (state->abandoned || state->stopping) break;
        shared_state::work next = std::move(state->queue.front());
        state->queue.pop_front();
        if (!next.evict.empty()) {
            state->use_runs(lock, [&](run_host& runs) { runs.evict(next.evict); });
            continue;
        }
        auto answer = state->handle(lock, next.job, std::move(next.task));
        if (!answer) return;
        // What waits may be only a run to let go of, which has no answer.
        const bool more_follows = held.may_hold(steady::now()) && state->has_task();
        lock.unlock();
        state->surroundings->answer(next.job, *std::move(answer), held.count(more_follows));
        lock.lock();
    }
    state->use_runs(lock, [](run_host& runs) { runs.evict_all(); });
}

std::function<std::optional<workflow_answer>()> workflow_thread::lend(job_id job, workflow_task_ptr task) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->in_use || !state_->queue.empty()) return nullptr;
        state_->in_use = true;
    }
    return [state = state_, job, task = std::move(task)]() mutable {
        std::unique_lock lock(state->mutex);
        auto answer = state->handle(lock, job, std::move(task));
        if (state->stopping || !state->queue.empty()) state->ready.notify_one();
        return answer;
    };
}

void workflow_thread::submit(job_id job, workflow_task_ptr task) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->queue.push_back({job, std::move(task), {}});
    }
    state_->ready.notify_one();
}

void workflow_thread::evict(std::string run_id) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->queue.push_back({0, nullptr, std::move(run_id)});
    }
    state_->ready.notify_one();
}

std::unique_ptr<workflow_thread::stuck_task> workflow_thread::find_stuck(std::chrono::milliseconds limit) {
    const std::lock_guard lock(state_->mutex);
    if (state_->current == 0) return nullptr;
    const auto now = steady::now();
    const std::uint64_t resumes = state_->beacon.resumes.load();
    if (state_->seen_job != state_->current || state_->seen_resumes != resumes) {
        state_->seen_since = state_->seen_job != state_->current ? state_->began : now;
        state_->seen_job = state_->current;
        state_->seen_resumes = resumes;
    }
    // A step that does not end blocks; steps without end never wait for anything. Both hold up every run of this thread.
    if (now - state_->seen_since < limit && now - state_->began < limit * 10) return nullptr;
    auto found = std::make_unique<stuck_task>();
    found->job = state_->current;
    found->task = state_->current_task;
    found->since = std::chrono::duration_cast<std::chrono::milliseconds>(now - state_->began);
    found->where = place_of(state_->beacon);
    found->thread = state_->runner;
    return found;
}

std::vector<std::pair<job_id, workflow_task_ptr>> workflow_thread::abandon() {
    std::vector<std::pair<job_id, workflow_task_ptr>> left;
    {
        const std::lock_guard lock(state_->mutex);
        state_->abandoned = true;
        for (auto& waiting : state_->queue)
            if (waiting.task) left.emplace_back(waiting.job, std::move(waiting.task));
        state_->queue.clear();
    }
    state_->ready.notify_one();
    thread_.detach();
    return left;
}

}  // namespace perdure::detail
