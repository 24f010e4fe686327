#pragma once

#include "api/proto.hpp"
#include "history_service/shard/effects_sink.hpp"
#include "matching/types.hpp"
#include "server/node/node_clock.hpp"

#include <string>

namespace perdure::server {

/// The names that history and matching have for the same things.

[[nodiscard]] inline matching::task_kind kind_of(history::task_kind kind) {
    return kind == history::task_kind::workflow ? matching::task_kind::workflow : matching::task_kind::activity;
}

[[nodiscard]] inline matching::queue_key queue_of(const history::queue_key& queue) {
    return {queue.namespace_name, queue.name, kind_of(queue.kind), queue.sticky};
}

[[nodiscard]] inline history::queue_key queue_of(const matching::queue_key& queue) {
    const auto kind = queue.kind == matching::task_kind::workflow ? history::task_kind::workflow : history::task_kind::activity;
    return {.namespace_name = queue.name_space, .name = queue.name, .kind = kind, .sticky = queue.sticky};
}

[[nodiscard]] inline matching::queue_key queue_of(const std::string& name_space, const pb::taskqueue::TaskQueue& queue,
                                                  matching::task_kind kind) {
    return {name_space, queue.name(), kind, queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY};
}

[[nodiscard]] inline matching::task task_of(const history::offered_task& task, const node_clock& clock) {
    matching::task what;
    what.key = {task.run, task.task.scheduled_event_id, task.task.attempt, 0};
    what.order = {task.scheduled.time_since_epoch().count(), task.run, task.task.scheduled_event_id};
    what.since = clock.steady_at(task.scheduled);
    if (task.queue.sticky) what.normal_queue = task.normal_queue.name;
    return what;
}

/// The queue a task falls back to when nobody serves its own.
[[nodiscard]] inline matching::queue_key normal_queue_of(const matching::queue_key& queue, const matching::task& what) {
    if (what.normal_queue.empty()) return queue;
    return {queue.name_space, what.normal_queue, queue.kind, false};
}

}  // namespace perdure::server
