#include "sdk/worker/run_host.hpp"

#include <utility>

#include "sdk/activity/activity_registry.hpp"

namespace perdure::detail {
namespace {

// Of the nodes in which a run's place in the cache and in its order is kept.
constexpr std::size_t place_overhead = 64;

bool is_whole(const pb::service::PollWorkflowTaskQueueResponse& task) {
    return task.next_page_token().empty() && task.history().events_size() > 0 && task.history().events(0).event_id() == 1;
}

}  // namespace

run_host::run_host(const workflow_registry& types, run_host_options options, run_hooks* hooks, activation_beacon* beacon,
                   meter& measurements)
    : types_(types), options_(std::move(options)), hooks_(hooks), beacon_(beacon), meter_(measurements) {}

run_identity run_host::identity_of(const pb::service::PollWorkflowTaskQueueResponse& task) const {
    return {.space = options_.space,
            .workflow_id = task.workflow_execution().workflow_id(),
            .run_id = task.workflow_execution().run_id(),
            .workflow_type = task.workflow_type().name(),
            .task_queue = task.workflow_execution_task_queue().name()};
}

activation_environment run_host::environment(std::string_view workflow_type) const {
    const auto own = options_.replay_level_of.find(workflow_type);
    return {.hooks = hooks_,
            .beacon = beacon_,
            .rules = {.level = own == options_.replay_level_of.end() ? options_.replay_level : own->second,
                      .record_sites = options_.record_call_sites},
            .space = options_.space,
            .guard_code = options_.guard_code,
            .identity = options_.identity};
}

workflow_answer run_host::handle(const pb::service::PollWorkflowTaskQueueResponse& task) {
    const workflow_type* type = types_.find(task.workflow_type().name());
    if (type == nullptr) {
        activation_result refused = refuse_unknown_type(task, types_);
        refused.reason = unknown_type_message("workflow type", task.workflow_type().name(), types_.names());
        refused.failed.mutable_failure()->set_message(refused.reason);
        return to_answer(task, std::move(refused));
    }
    // History comes in pages when it is long; only the first came with the task.
    if (!task.next_page_token().empty()) return {.body = needs_history{}};

    const std::string& run_id = task.workflow_execution().run_id();
    if (is_foreseen(task) && !goes_on_after(run_id, task.previous_started_event_id())) return {.body = needs_history{}};
    const bool whole = is_whole(task);
    std::unique_ptr<workflow_run> run;
    // Out of the cache while it runs, so that nothing evicts it then.
    cache::node_type place = take(run_id);
    if (!place.empty()) {
        run = std::move(place.mapped().run);
        if (!whole) meter_.add(counter::sticky_cache_hit, task.workflow_type().name());
    } else if (!whole) {
        return {.body = needs_history{}};
    }
    if (options_.policy == cache_policy::evict_after_event && whole && !task.has_query()) walk_every_event(*type, task);
    if (run == nullptr) run = std::make_unique<workflow_run>(*type, identity_of(task));

    activation_result result = run->activate(task, environment(task.workflow_type().name()));
    if (result.kind == activation_kind::wrong_history) {
        run.reset();
        if (!whole) return {.body = needs_history{}};
        run = std::make_unique<workflow_run>(*type, identity_of(task));
        result = run->activate(task, environment(task.workflow_type().name()));
        if (result.kind == activation_kind::wrong_history)
            return refuse(task, "the history of the task cannot be applied: " + result.reason);
    }
    if (result.drop_run || result.kind == activation_kind::failed || options_.policy != cache_policy::sticky) {
        run.reset();
    } else {
        keep(run_id, std::move(place), std::move(run));
    }
    return to_answer(task, std::move(result));
}

// What a foreseen task was foreseen from may be past: then the run is further than that, and stays as it is.
bool run_host::goes_on_after(const std::string& run_id, std::int64_t started_event_id) const {
    const auto found = runs_.find(run_id);
    return found != runs_.end() && found->second.run->last_started_event_id() == started_event_id;
}

workflow_answer run_host::to_answer(const pb::service::PollWorkflowTaskQueueResponse& task, activation_result result) {
    const bool cached = runs_.contains(task.workflow_execution().run_id());
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    switch (result.kind) {
        case activation_kind::completed:
            result.completed.set_task_token(task.task_token());
            message->mutable_workflow_task_completed()->Swap(&result.completed);
            return {.body = std::move(message), .cached = cached};
        case activation_kind::query_answered:
            result.query.set_task_token(task.task_token());
            message->mutable_query_completed()->Swap(&result.query);
            return {.body = std::move(message), .cached = cached};
        case activation_kind::failed:
            break;
        case activation_kind::wrong_history:
            return refuse(task, std::move(result.reason));
    }
    if (hooks_ != nullptr) hooks_->log(identity_of(task), log_level::error, "workflow task failed: " + result.reason, {});
    if (task.has_query()) {
        message = failed_query(task, result.reason.empty() ? result.failed.failure().message() : result.reason);
        *message->mutable_query_completed()->mutable_failure() = std::move(*result.failed.mutable_failure());
        return {.body = std::move(message), .cached = cached};
    }
    // A task that fails again is left to time out: the server's growing timeout then paces the attempts.
    if (task.attempt() > 1) return {.body = stay_silent{}, .cached = cached};
    result.failed.set_task_token(task.task_token());
    message->mutable_workflow_task_failed()->Swap(&result.failed);
    return {.body = std::move(message), .cached = cached};
}

workflow_answer run_host::refuse(const pb::service::PollWorkflowTaskQueueResponse& task, std::string reason) {
    activation_result result;
    result.kind = activation_kind::failed;
    result.failed.set_cause(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR);
    result.failed.mutable_failure()->set_message(reason);
    result.failed.mutable_failure()->set_source("perdure-cpp");
    result.failed.mutable_failure()->mutable_application_failure_info()->set_type("HistoryDoesNotFit");
    result.reason = std::move(reason);
    return to_answer(task, std::move(result));
}

run_host::cache::node_type run_host::take(const std::string& run_id) {
    auto place = runs_.extract(run_id);
    if (place.empty()) return place;
    bytes_ -= place.mapped().bytes;
    by_use_.erase(place.mapped().place);
    meter_.change(gauge::sticky_cache_size, -1);
    return place;
}

void run_host::keep(const std::string& run_id, cache::node_type place, std::unique_ptr<workflow_run> run) {
    // The place that the run had spares making another one.
    const auto at = place.empty() ? runs_.try_emplace(run_id).first : runs_.insert(std::move(place)).position;
    cached_run& kept = at->second;
    kept.bytes = run->bytes() + sizeof(cache::value_type) + run_id.size() + place_overhead;
    kept.run = std::move(run);
    kept.place = by_use_.insert(by_use_.end(), &at->first);
    bytes_ += kept.bytes;
    meter_.change(gauge::sticky_cache_size, 1);
    shrink();
}

void run_host::shrink() {
    while (bytes_ > options_.cache_bytes && !by_use_.empty()) {
        meter_.add(counter::sticky_cache_total_forced_eviction, {});
        evict(*by_use_.front());
    }
}

void run_host::evict(const std::string& run_id) { (void)take(run_id); }

void run_host::evict_all() {
    meter_.change(gauge::sticky_cache_size, -static_cast<std::int64_t>(runs_.size()));
    runs_.clear();
    by_use_.clear();
    bytes_ = 0;
}

void run_host::walk_every_event(const workflow_type& type, const pb::service::PollWorkflowTaskQueueResponse& task) {
    const auto& events = task.history().events();
    int tail = 0;
    for (int index = 0; index < events.size(); ++index)
        if (events[index].event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) tail = index + 1;
    std::int64_t previous_started = 0;
    for (int index = 0; index < tail; ++index)
        if (events[index].event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED)
            previous_started = events[index].event_id();
    // What the last completed task made belongs together; only what happened after it came one by one.
    const std::int64_t completed_id = tail == 0 ? 0 : events[tail - 1].event_id();
    const auto made_by_task = [&](const pb::history::HistoryEvent& event) {
        switch (event.event_type()) {
            case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            case pb::enums::EVENT_TYPE_TIMER_STARTED:
            case pb::enums::EVENT_TYPE_TIMER_CANCELED:
            case pb::enums::EVENT_TYPE_MARKER_RECORDED:
                return completed_id != 0;
            default:
                return false;
        }
    };
    for (int cut = tail; cut < events.size(); ++cut) {
        const auto kind = events[cut].event_type();
        if (made_by_task(events[cut]) || kind == pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED ||
            kind == pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED)
            continue;
        if (cut + 1 < events.size() && made_by_task(events[cut + 1])) continue;
        pb::service::PollWorkflowTaskQueueResponse part = task;
        auto& shown = *part.mutable_history()->mutable_events();
        shown.DeleteSubrange(cut + 1, shown.size() - cut - 1);
        auto& scheduled = *shown.Add();
        scheduled.set_event_id(events[cut].event_id() + 1);
        *scheduled.mutable_event_time() = events[cut].event_time();
        scheduled.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        scheduled.mutable_workflow_task_scheduled_event_attributes()->set_attempt(1);
        auto& started = *shown.Add();
        started.set_event_id(events[cut].event_id() + 2);
        *started.mutable_event_time() = events[cut].event_time();
        started.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
        started.mutable_workflow_task_started_event_attributes()->set_scheduled_event_id(events[cut].event_id() + 1);
        part.set_started_event_id(started.event_id());
        part.set_previous_started_event_id(previous_started);
        part.clear_queries();
        workflow_run run(type, identity_of(task));
        activation_environment silent = environment(task.workflow_type().name());
        silent.hooks = nullptr;
        (void)run.activate(part, silent);
    }
}

}  // namespace perdure::detail
