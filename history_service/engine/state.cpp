#include "history_service/engine/state.hpp"

#include "history_service/engine/engine.hpp"

namespace perdure::history {

namespace {

// What an allocation costs beyond what was asked for, and what a node of a container costs beyond its value, about.
constexpr std::size_t allocation = 12;
constexpr std::size_t node = 32 + allocation;

std::size_t heap_of(const std::string& text) {
    constexpr std::size_t inside = 15;
    return text.capacity() > inside ? text.capacity() + allocation : 0;
}

// A message knows what it asked for; it asks often and for little.
template <class Message>
std::size_t heap_of(const Message& message) {
    const std::size_t asked = message.SpaceUsedLong() - sizeof(Message);
    return asked + asked / 8;
}

// These are looked at most often, and are mostly empty or two texts.
std::size_t heap_of(const pb::taskqueue::TaskQueue& queue) {
    const auto of_field = [](const std::string& text) {
        return text.empty() ? 0 : sizeof(std::string) + allocation + heap_of(text);
    };
    return of_field(queue.name()) + of_field(queue.normal_name());
}
std::size_t heap_of(const pb::common::Memo& memo) { return memo.fields().empty() ? 0 : heap_of<pb::common::Memo>(memo); }
std::size_t heap_of(const pb::common::SearchAttributes& attributes) {
    return attributes.indexed_fields().empty() ? 0 : heap_of<pb::common::SearchAttributes>(attributes);
}

template <class Message>
std::size_t heap_of(const std::optional<Message>& message) {
    return message ? heap_of(*message) : 0;
}

std::size_t heap_of(const execution_part& run) {
    return heap_of(run.successor_run_id) + heap_of(run.memo) + heap_of(run.search_attributes) + heap_of(run.reset_points);
}

std::size_t heap_of(const workflow_task_part& task) {
    return heap_of(task.task_queue) + heap_of(task.request_id) + heap_of(task.identity) + heap_of(task.sticky_queue) +
           heap_of(task.foreseen_by);
}

std::size_t heap_of(const activity_state& activity) {
    return heap_of(activity.scheduled) + heap_of(activity.request_id) + heap_of(activity.identity) +
           heap_of(activity.heartbeat_details) + heap_of(activity.last_failure);
}

}  // namespace

std::size_t start_bytes(const run_state& state) noexcept {
    const execution_part& run = state.execution;
    return heap_of(run.key.namespace_name) + heap_of(run.key.workflow_id) + heap_of(run.key.run_id) + heap_of(run.request_id) +
           heap_of(run.started) + heap_of(run.user_metadata);
}

std::size_t memory_bytes(const run_state& state, std::size_t start_bytes) noexcept {
    std::size_t bytes = sizeof(run_state) + start_bytes + heap_of(state.execution) + heap_of(state.workflow_task);
    for (const auto& entry : state.activities) bytes += sizeof(entry) + node + heap_of(entry.second);
    for (const auto& entry : state.activity_ids) bytes += sizeof(entry) + node + heap_of(entry.first);
    for (const auto& entry : state.timers) bytes += sizeof(entry) + node + heap_of(entry.first) + heap_of(entry.second.timer_id);
    for (const auto& entry : state.timer_ids) bytes += sizeof(entry) + node + heap_of(entry.second);
    bytes += state.buffer.capacity() * sizeof(pb::history::HistoryEvent);
    for (const auto& event : state.buffer) bytes += heap_of(event);
    for (const auto& request : state.seen_requests) bytes += sizeof(request) + node + heap_of(request);
    bytes += state.wakeups.size() * (sizeof(wakeup) + node);
    bytes += state.wakeup_times.size() * (sizeof(std::pair<wakeup_kind, std::int64_t>) + sizeof(wall_time) + node);
    return bytes;
}

std::size_t counted_bytes(const run_state& state) noexcept {
    // What the messages and texts of one thing take, about.
    constexpr std::size_t activity_heap = 700;
    constexpr std::size_t text_heap = 48;
    return sizeof(run_state) + state.activities.size() * (sizeof(activity_state) + 2 * node + activity_heap) +
           state.timers.size() * (sizeof(timer_state) + 2 * node + text_heap) +
           state.seen_requests.size() * (sizeof(std::string) + node + text_heap) +
           state.buffer.capacity() * sizeof(pb::history::HistoryEvent) + state.buffer_bytes +
           state.wakeups.size() * (sizeof(wakeup) + 2 * node);
}

std::optional<wall_time> next_wakeup(const run_state& state) {
    if (state.wakeups.empty()) return std::nullopt;
    return state.wakeups.begin()->due;
}

}  // namespace perdure::history
