#pragma once

#include <algorithm>
#include <chrono>

#include "api/proto.hpp"
#include "api/time_convert.hpp"
#include "history_service/shard/effects_sink.hpp"
#include "server/node/node_figures.hpp"

namespace perdure::server {

/// How long a task waited from its being scheduled to its start, and in which attempt that was.
struct task_times {
    double waited_seconds = 0;
    int attempt = 1;
};

[[nodiscard]] inline task_times times_of(const google::protobuf::Timestamp& scheduled, const google::protobuf::Timestamp& started,
                                         int attempt) {
    const std::chrono::duration<double> waited = from_timestamp(started) - from_timestamp(scheduled);
    return {std::max(waited.count(), 0.0), attempt};
}
[[nodiscard]] inline task_times times_of(const pb::service::PollWorkflowTaskQueueResponse& task) {
    return times_of(task.scheduled_time(), task.started_time(), task.attempt());
}
[[nodiscard]] inline task_times times_of(const pb::service::PollActivityTaskQueueResponse& task) {
    return times_of(task.current_attempt_scheduled_time(), task.started_time(), task.attempt());
}

/// Counts the tasks that reach workers, whatever way they take, and how late wake-ups are.
class task_meter {
  public:
    void workflow_task(const task_times& times) {
        workflow_.schedule_to_start.add(times.waited_seconds);
        attempts_.add(times.attempt);
    }
    void wakeup(history::wakeup_stage stage, std::chrono::nanoseconds late) {
        auto& counted = stage == history::wakeup_stage::fired ? wakeups_fired_ : wakeups_handed_over_;
        counted.add(std::chrono::duration<double>(late).count());
    }
    void activity_task(const task_times& times) { activity_.schedule_to_start.add(times.waited_seconds); }

    [[nodiscard]] task_figures& workflow() noexcept { return workflow_; }
    [[nodiscard]] task_figures& activity() noexcept { return activity_; }
    [[nodiscard]] const task_figures& workflow() const noexcept { return workflow_; }
    [[nodiscard]] const task_figures& activity() const noexcept { return activity_; }
    [[nodiscard]] const count_tally& attempts() const noexcept { return attempts_; }

    [[nodiscard]] const latency_tally& wakeups_fired() const noexcept { return wakeups_fired_; }
    [[nodiscard]] const latency_tally& wakeups_handed_over() const noexcept { return wakeups_handed_over_; }

  private:
    task_figures workflow_;
    task_figures activity_;
    count_tally attempts_;
    latency_tally wakeups_fired_;
    latency_tally wakeups_handed_over_;
};

}  // namespace perdure::server
