#include "sdk/replay/workflow_run.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <perdure/errors.hpp>

#include "api/payload.hpp"
#include "api/time_convert.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "sdk/replay/call_site.hpp"
#include "sdk/replay/closing_command.hpp"
#include "sdk/replay/event_applier.hpp"
#include "sdk/replay/event_support.hpp"
#include "sdk/replay/explain.hpp"
#include "sdk/replay/replay_watcher.hpp"
#include "sdk/replay/sdk_flags.hpp"
#include "sdk/replay/second_look.hpp"
#include "sdk/replay/state_fingerprint.hpp"
#include "sdk/replay/task_trouble.hpp"
#include "sdk/replay/turns.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {
namespace {

using perdure::from_proto;

// Hands what the run shows to whoever the environment names.
class observer final : public run_observer {
  public:
    observer(const run_identity& identity, const activation_environment& environment)
        : identity_(identity), environment_(environment) {}

    [[nodiscard]] replay_watcher* watcher() const noexcept { return environment_.watcher; }
    /// The run, and the events that the commands of the present task are expected to make.
    void look_at(const run& live, std::vector<std::int64_t> expected) {
        live_ = &live;
        expected_ = std::move(expected);
    }

    void log(log_level level, std::string_view message, std::span<const kv> fields) override {
        if (environment_.hooks != nullptr) environment_.hooks->log(identity_, level, message, fields);
    }
    void count(std::string_view counter, double amount) override {
        if (environment_.hooks != nullptr) environment_.hooks->count(identity_, counter, amount);
    }
    void issued(const command_entry& command) override {
        if (environment_.watcher == nullptr) return;
        const std::size_t place = live_->commands().entries().size() - 1;
        environment_.watcher->issued(*live_, command, place < expected_.size() ? expected_[place] : 0);
    }
    void resuming(const frame_base& frame, const site& at) override {
        if (environment_.watcher != nullptr) environment_.watcher->woke(*live_, frame, at);
        activation_beacon* beacon = environment_.beacon;
        if (beacon == nullptr) return;
        beacon->file.store(at.file, std::memory_order_relaxed);
        beacon->function.store(at.function, std::memory_order_relaxed);
        beacon->line.store(at.line, std::memory_order_relaxed);
        beacon->resumes.fetch_add(1, std::memory_order_release);
    }

  private:
    const run_identity& identity_;
    const activation_environment& environment_;
    const run* live_ = nullptr;
    std::vector<std::int64_t> expected_;
};

workflow_info make_info(const run_identity& identity, const pb::history::HistoryEvent& first) {
    const auto& started = first.workflow_execution_started_event_attributes();
    workflow_info info;
    info.space = identity.space;
    info.workflow_id = identity.workflow_id;
    info.run_id = identity.run_id;
    info.workflow_type = identity.workflow_type;
    info.task_queue = started.task_queue().name().empty() ? identity.task_queue : started.task_queue().name();
    info.first_run_id = started.first_execution_run_id();
    info.continued_run_id = started.continued_execution_run_id();
    info.attempt = started.attempt() == 0 ? 1 : started.attempt();
    info.started_at = workflow_clock::from_sys(from_timestamp(first.event_time()));
    info.run_timeout = from_duration(started.workflow_run_timeout());
    info.execution_timeout = from_duration(started.workflow_execution_timeout());
    return info;
}

activation_result wrong_history(history_fix fix, std::string reason) {
    activation_result result;
    result.kind = activation_kind::wrong_history;
    result.history_needed = fix;
    result.drop_run = true;
    result.reason = std::move(reason);
    return result;
}

}  // namespace

struct workflow_run::impl {
    impl(const workflow_type& given, run_identity who) : type(given), identity(std::move(who)) {}

    activation_result activate(const pb::service::PollWorkflowTaskQueueResponse& task, const activation_environment& environment);
    activation_result apply(const event_list& events, bool live_task, bool last, const activation_environment& environment);
    std::optional<activation_result> check_history(const pb::service::PollWorkflowTaskQueueResponse& task) const;
    void begin(const pb::history::HistoryEvent& first);
    void apply_turn(const event_list& events, const turn& at, observer& watcher);
    void acknowledge_rest(const event_list& events, int rest, replay_watcher* watcher);
    void check_flags(const pb::history::HistoryEvent& completed);
    void close_if_ended();
    void compare_state(const event_list& events, const turn& at);
    activation_result failed(const std::exception_ptr& error) const;
    pb::query::WorkflowQueryResult answer(const pb::query::WorkflowQuery& query);

    const workflow_type& type;
    run_identity identity;
    event_applier applier;
    pb::history::WorkflowExecutionStartedEventAttributes beginning;  // without the input
    std::size_t beginning_bytes = 0;
    std::string recorded_sdk_name;  // as the history says
    std::string recorded_sdk_version;
    bool flags_recorded = false;
    bool closing_sent = false;
    replay_rules rules;
    std::uint64_t fingerprint = 0;  // of the declared state, after the last task
    bool broken = false;            // a task failed: nothing but destruction is left
    std::int64_t last_event = 0;
    std::int64_t last_started = 0;
    std::optional<run> live;  // the last member: it goes first
};

std::optional<activation_result> workflow_run::impl::check_history(const pb::service::PollWorkflowTaskQueueResponse& task) const {
    const event_list& events = task.history().events();
    if (broken) return wrong_history(history_fix::new_run, "the run failed its last task and cannot go on");
    if (!task.next_page_token().empty()) {
        return wrong_history(history_fix::full_history, "the history has further pages, which must be fetched first");
    }
    for (int i = 1; i < events.size(); ++i) {
        if (events[i].event_id() == events[i - 1].event_id() + 1) continue;
        return wrong_history(history_fix::full_history,
                             "the history has a gap before event " + std::to_string(events[i].event_id()));
    }
    const bool has_task =
        !events.empty() && events[events.size() - 1].event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED;
    if (task.started_event_id() > 0 && !task.has_query() && !has_task) {
        return wrong_history(history_fix::full_history,
                             "the history ends before the task's own started event " + std::to_string(task.started_event_id()));
    }
    if (!live) {
        if (events.empty() || events[0].event_id() != 1) {
            return wrong_history(history_fix::full_history, "the run is not cached and the history does not begin with event 1");
        }
        if (events[0].event_type() != pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) {
            return wrong_history(history_fix::full_history, "the first event of the history is no WorkflowExecutionStarted");
        }
        return std::nullopt;
    }
    if (!events.empty() && events[0].event_id() == 1) {
        return wrong_history(history_fix::new_run, "the run is cached and the task has the whole history");
    }
    if (!task.has_query() && task.previous_started_event_id() != last_started) {
        return wrong_history(history_fix::full_history, "the cached run has applied the task of event " +
                                                            std::to_string(last_started) +
                                                            ", and the task goes on after that of event " +
                                                            std::to_string(task.previous_started_event_id()));
    }
    if (!events.empty() && events[0].event_id() > last_started + 1) {
        return wrong_history(history_fix::full_history, "the cached run has applied event " + std::to_string(last_started) +
                                                            ", and the task's history begins with event " +
                                                            std::to_string(events[0].event_id()));
    }
    return std::nullopt;
}

void workflow_run::impl::begin(const pb::history::HistoryEvent& first) {
    beginning = first.workflow_execution_started_event_attributes();
    // The seed must survive a reset, which copies history into another run: the original run names it.
    const std::string& seed =
        beginning.original_execution_run_id().empty() ? identity.run_id : beginning.original_execution_run_id();
    live.emplace(type, make_info(identity, first), seed);
    take_over(*live, beginning.header());
    beginning.clear_input();
    beginning.clear_last_completion_result();
    beginning_bytes = beginning.SpaceUsedLong();
}

void workflow_run::impl::check_flags(const pb::history::HistoryEvent& completed) {
    const auto& metadata = completed.workflow_task_completed_event_attributes().sdk_metadata();
    if (!metadata.sdk_name().empty()) recorded_sdk_name = metadata.sdk_name();
    if (!metadata.sdk_version().empty()) recorded_sdk_version = metadata.sdk_version();
    if (!recorded_sdk_name.empty() && recorded_sdk_name != sdk_name) return;  // another SDK's numbers mean nothing here
    for (const std::uint32_t flag : metadata.lang_used_flags()) {
        if (flag > newest_sdk_flag) {
            throw newer_sdk_error("the history was written by a newer version of this SDK (flag " + std::to_string(flag) +
                                  ", version " + recorded_sdk_version + "); this one is " + std::string(sdk_version) +
                                  ": run the workflow on workers with the newer version");
        }
        flags_recorded = true;
    }
}

void workflow_run::impl::apply_turn(const event_list& events, const turn& at, observer& watcher) {
    const pb::history::HistoryEvent& task = events[at.started];
    const auto& facts = task.workflow_task_started_event_attributes();
    live->begin_activation({.now_ns = from_timestamp(task.event_time()).time_since_epoch().count(),
                            .replaying = at.completed,
                            .history_length = task.event_id(),
                            .history_bytes = facts.history_size_bytes(),
                            .suggest_continue_as_new = facts.suggest_continue_as_new()},
                           &watcher);
    if (watcher.watcher() != nullptr) watcher.look_at(*live, command_events(events, at));
    for (int i = at.end; i < at.made_end; ++i) {
        if (events[i].event_type() == pb::enums::EVENT_TYPE_MARKER_RECORDED) event_applier::note_marker(*live, events[i]);
    }
    for (int i = at.begin; i < at.end; ++i) {
        if (events[i].event_id() <= last_event) continue;
        if (events[i].event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) check_flags(events[i]);
        if (!is_command_event(events[i].event_type())) continue;
        if (watcher.watcher() != nullptr) watcher.watcher()->event(*live, events[i]);
        applier.apply_command_event(*live, events[i]);
    }
    applier.matcher().finish(task.event_id());
    for (int i = at.begin; i < at.end && !live->fatal(); ++i) {
        if (events[i].event_id() <= last_event || is_command_event(events[i].event_type())) continue;
        if (watcher.watcher() != nullptr) watcher.watcher()->event(*live, events[i]);
        applier.apply(*live, events[i]);
        live->drain();
    }
    live->end_activation();
    close_if_ended();
    if (!type.state.empty() && live->started() && !live->fatal()) compare_state(events, at);
    if (watcher.watcher() != nullptr) watcher.watcher()->task_done(*live, task.event_id());
    last_event = task.event_id();
    last_started = task.event_id();
}

void workflow_run::impl::compare_state(const event_list& events, const turn& at) {
    const std::uint64_t made = fingerprint_of(type, live->object(), fingerprint);
    if (!at.completed) {
        fingerprint = made;
        return;
    }
    const std::uint64_t recorded =
        events[at.end].workflow_task_completed_event_attributes().sdk_metadata().perdure_state_fingerprint();
    // What was recorded goes on, so that a difference is told of the task where it arose.
    fingerprint = recorded;
    if (recorded == 0 || recorded == made) return;
    mismatch found{.event_id = events[at.end].event_id(),
                   .expected = "the state with fingerprint " + std::to_string(recorded),
                   .produced = "the state with fingerprint " + std::to_string(made),
                   .number = "PD-1007"};
    found.fields.push_back({"state", "known by its fingerprint only", state_json(type, live->object())});
    if (rules.level >= replay_level::state) throw nondeterminism_error(std::move(found));
    applier.matcher().warnings().push_back(std::move(found));
}

void workflow_run::impl::close_if_ended() {
    if (!live->closed() || closing_sent || live->fatal()) return;
    live->add_command(make_closing_command(*live, beginning));
    closing_sent = true;
}

// Events of commands that no later task has shown yet: compared now, skipped when that task comes.
void workflow_run::impl::acknowledge_rest(const event_list& events, int rest, replay_watcher* watcher) {
    for (int i = rest; i < events.size(); ++i) {
        const pb::enums::EventType kind = events[i].event_type();
        if (events[i].event_id() <= last_event) continue;
        if (kind == pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) return applier.matcher().finish(last_event);
        if (kind == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
            check_flags(events[i]);
        } else if (!is_command_event(kind)) {
            // An exported history ends between transactions: what has no event by its end was never sent.
            if (!rules.ends) return;
            static_cast<void>(is_passed_over(events[i]));  // refuses what it could not apply
            continue;
        } else {
            if (watcher != nullptr) watcher->event(*live, events[i]);
            applier.apply_command_event(*live, events[i]);
        }
        last_event = events[i].event_id();
        if (ends_run(kind)) return applier.matcher().finish(last_event);
    }
    if (rules.ends) applier.matcher().finish(last_event);
}

activation_result workflow_run::impl::failed(const std::exception_ptr& error) const {
    return task_trouble(error, live ? (live->fatal() == error ? live->fatal_stack() : live->stack_text()) : std::string());
}

pb::query::WorkflowQueryResult workflow_run::impl::answer(const pb::query::WorkflowQuery& query) {
    pb::query::WorkflowQueryResult result;
    try {
        if (!live) throw misuse_error("the workflow has not started");
        const arguments given = live->answer_query(query.query_type(), arguments{from_proto(query.query_args())});
        *result.mutable_answer() = to_proto(given.values);
        result.set_result_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
    } catch (...) {
        const std::exception_ptr error = std::current_exception();
        result.set_result_type(pb::enums::QUERY_RESULT_TYPE_FAILED);
        *result.mutable_failure() = to_proto(error);
        result.set_error_message(result.failure().message());
    }
    return result;
}

// Applies what a history brings, up to the task that is to be done now.
activation_result workflow_run::impl::apply(const event_list& events, bool live_task, bool last,
                                            const activation_environment& environment) {
    observer watcher(identity, environment);
    activation_result result;
    try {
        if (!live) begin(events[0]);
        live->guard_code(environment.guard_code);
        rules = environment.rules;
        applier.matcher().set_rules(rules, live->info().run_timeout);
        const turn_list cut = cut_into_turns(events, 0, live_task);
        for (const turn& at : cut.turns) {
            apply_turn(events, at, watcher);
            if (live->fatal()) break;
            if (at.completed) {
                applier.matcher().expect_replayed(live->commands().take());
                result.events_replayed += static_cast<std::size_t>(at.end - at.begin);
            }
        }
        const bool settled = cut.turns.empty() || cut.turns.back().completed;
        if (last && !live->fatal() && settled) {
            if (watcher.watcher() != nullptr) watcher.look_at(*live, {});
            acknowledge_rest(events, cut.rest, watcher.watcher());
        }
    } catch (const nondeterminism_error& parted) {
        broken = true;
        std::vector<mismatch>& warnings = applier.matcher().warnings();
        mismatch whole = explain(parted.found(), events, applier.matcher().waiting(), warnings);
        result = failed(std::make_exception_ptr(nondeterminism_error(std::move(whole))));
        result.warnings = std::exchange(warnings, {});
        return result;
    } catch (...) {
        broken = true;
        return failed(std::current_exception());
    }
    live->watch(nullptr);
    result.warnings = std::exchange(applier.matcher().warnings(), {});
    if (live->fatal()) {
        broken = true;
        return failed(live->fatal());
    }
    return result;
}

activation_result workflow_run::impl::activate(const pb::service::PollWorkflowTaskQueueResponse& task,
                                               const activation_environment& environment) {
    if (auto refused = check_history(task)) return *std::move(refused);
    activation_result result = apply(task.history().events(), !task.has_query(), true, environment);
    if (result.kind == activation_kind::failed) return result;

    if (task.has_query()) {
        result.kind = activation_kind::query_answered;
        const pb::query::WorkflowQueryResult given = answer(task.query());
        result.query.set_completed_type(given.result_type());
        *result.query.mutable_query_result() = given.answer();
        result.query.set_error_message(given.error_message());
        if (given.has_failure()) *result.query.mutable_failure() = given.failure();
        result.drop_run = live->closed().has_value();
        return result;
    }
    std::vector<command_entry> made = live->commands().take();
    for (command_entry& entry : made) {
        if (environment.rules.record_sites) record_site(*entry.message, entry);
        *result.completed.add_commands() = std::move(*entry.message);
    }
    applier.matcher().expect_sent(std::move(made));
    for (const auto& [id, query] : task.queries()) (*result.completed.mutable_query_results())[id] = answer(query);

    auto& metadata = *result.completed.mutable_sdk_metadata();
    if (recorded_sdk_name != sdk_name) metadata.set_sdk_name(std::string(sdk_name));
    if (recorded_sdk_version != sdk_version) metadata.set_sdk_version(std::string(sdk_version));
    if (!flags_recorded) metadata.add_lang_used_flags(static_cast<std::uint32_t>(sdk_flag::history_order));
    if (!type.state.empty()) metadata.set_perdure_state_fingerprint(fingerprint);
    result.drop_run = live->closed().has_value();
    return result;
}

workflow_run::workflow_run(const workflow_type& type, run_identity identity)
    : impl_(std::make_unique<impl>(type, std::move(identity))) {}
workflow_run::~workflow_run() = default;

activation_result workflow_run::activate(const pb::service::PollWorkflowTaskQueueResponse& task,
                                         const activation_environment& environment) {
    activation_result result = impl_->activate(task, environment);
    const auto& events = task.history().events();
    const bool whole = !events.empty() && events[0].event_id() == 1;
    if (result.found && whole && environment.watcher == nullptr) {
        const auto redo = [&](workflow_run& fresh, const activation_environment& given) {
            return fresh.impl_->activate(task, given);
        };
        look_again(impl_->type, impl_->identity, environment, redo, result);
    }
    if (environment.hooks != nullptr) {
        for (const mismatch& difference : result.warnings)
            environment.hooks->log(impl_->identity, log_level::warning, "replay: " + summary_of(difference), {});
    }
    return result;
}

activation_result workflow_run::replay(const event_list& events, bool last, const activation_environment& environment) {
    if (impl_->broken) return wrong_history(history_fix::new_run, "the run failed its last task and cannot go on");
    activation_result result = impl_->apply(events, false, last, environment);
    const bool whole = last && !events.empty() && events[0].event_id() == 1;
    if (result.found && whole && environment.watcher == nullptr) {
        const auto redo = [&](workflow_run& fresh, const activation_environment& given) {
            return fresh.impl_->apply(events, false, true, given);
        };
        look_again(impl_->type, impl_->identity, environment, redo, result);
    }
    return result;
}

pb::query::WorkflowQueryResult workflow_run::query(const pb::query::WorkflowQuery& query,
                                                   const activation_environment& environment) {
    observer watcher(impl_->identity, environment);
    if (impl_->live) impl_->live->watch(&watcher);
    pb::query::WorkflowQueryResult given = impl_->answer(query);
    if (impl_->live) impl_->live->watch(nullptr);
    return given;
}

std::size_t workflow_run::bytes() const noexcept {
    std::size_t bytes = sizeof(impl) + impl_->applier.bytes() + impl_->beginning_bytes;
    const run_identity& who = impl_->identity;
    // Once here, and once in what the workflow's code may ask for.
    bytes += 2 * (who.space.capacity() + who.workflow_id.capacity() + who.run_id.capacity() + who.workflow_type.capacity() +
                  who.task_queue.capacity());
    // Its own size is in that of `impl`.
    if (impl_->live) bytes += impl_->live->bytes() - sizeof(run);
    return bytes;
}

const run_identity& workflow_run::identity() const noexcept { return impl_->identity; }
std::int64_t workflow_run::last_started_event_id() const noexcept { return impl_->last_started; }
std::string workflow_run::stack_text() const { return impl_->live ? impl_->live->stack_text() : std::string(); }

activation_result refuse_unknown_type(const pb::service::PollWorkflowTaskQueueResponse& task, const workflow_registry& known) {
    std::string names;
    for (const std::string& name : known.names()) names += (names.empty() ? "" : ", ") + name;
    activation_result result;
    result.kind = activation_kind::failed;
    result.drop_run = true;
    result.reason = "workflow type " + task.workflow_type().name() +
                    " is not registered with this worker; registered: " + (names.empty() ? "none" : names) +
                    ". Add it with worker.add_workflow, or start the workflow on another task queue";
    result.failed.set_cause(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
    result.failed.mutable_failure()->set_message(result.reason);
    result.failed.mutable_failure()->mutable_application_failure_info()->set_type("UnknownWorkflowType");
    return result;
}

}  // namespace perdure::detail
