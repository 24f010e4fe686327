#include "history_service/shard/core.hpp"

namespace perdure::history {
namespace {

template <class Response>
Response started_response(const run_entry& entry, bool started) {
    Response response;
    response.set_run_id(entry.state.key().run_id);
    response.set_started(started);
    return response;
}

}  // namespace

template <class Request, class Response>
void history_shard::core::when_id_is_known(const Request& request, reply<Response> done,
                                           void (core::*start)(const Request&, reply<Response>)) {
    if (!must_ask(request.namespace_(), request.workflow_id())) return (this->*start)(request, std::move(done));
    ids_.ask({request.namespace_(), request.workflow_id()}, [this, request, done, start](const service_failure* gone) {
        if (gone != nullptr) return refuse(done, *gone);
        (this->*start)(request, done);
    });
}

void history_shard::core::start_workflow_execution(const pb::service::StartWorkflowExecutionRequest& request, start_reply done) {
    when_id_is_known(request, std::move(done), &core::start_run);
}

void history_shard::core::signal_with_start_workflow_execution(
    const pb::service::SignalWithStartWorkflowExecutionRequest& request, signal_with_start_reply done) {
    when_id_is_known(request, std::move(done), &core::signal_or_start_run);
}

run_entry& history_shard::core::begin_run(created_run made, run_entry* instead_of) {
    if (instead_of != nullptr) record(*instead_of, terminate_for_start(instead_of->state, env(), made.state.key().run_id));
    return adopt(std::move(made));
}

void history_shard::core::start_run(const pb::service::StartWorkflowExecutionRequest& request, start_reply done) {
    using response = pb::service::StartWorkflowExecutionResponse;
    if (lost_lease_) return refuse(done, *lost_lease_);
    if (auto valid = validate_start(env(), request); !valid) return refuse(done, std::move(valid).error());
    const auto newest_run = newest(request.namespace_(), request.workflow_id());
    if (!newest_run) return refuse(done, service_failure(newest_run.error()));
    run_entry* existing = *newest_run;
    const auto known = existing != nullptr ? std::optional{current_run_of(existing->state)} : std::nullopt;
    auto decision = decide_start(known, request);
    if (!decision) return refuse_for<response>(existing, std::move(done), std::move(decision).error());

    const auto give = [&](const run_entry& entry, bool started, waiter who) {
        auto made = started_response<response>(entry, started);
        made.set_status(entry.state.execution.status);
        answer_after<response>(entry, std::move(done), std::move(made), who);
    };
    switch (decision->action) {
        case start_action::same_request:
            return give(*existing, true, waiter::waits);
        case start_action::use_existing:
            return give(*existing, false, waiter::waits);
        case start_action::create:
        case start_action::terminate_and_create:
            break;
    }
    const bool alone = decision->action == start_action::create;
    const run_entry& entry = begin_run(create_run(env(), request), alone ? nullptr : existing);
    give(entry, true, alone ? waiter::is_patient : waiter::waits);
}

void history_shard::core::signal_or_start_run(const pb::service::SignalWithStartWorkflowExecutionRequest& request,
                                              signal_with_start_reply done) {
    using response = pb::service::SignalWithStartWorkflowExecutionResponse;
    if (lost_lease_) return refuse(done, *lost_lease_);
    if (auto valid = validate_signal_with_start(env(), request); !valid) return refuse(done, std::move(valid).error());
    const auto newest_run = newest(request.namespace_(), request.workflow_id());
    if (!newest_run) return refuse(done, service_failure(newest_run.error()));
    run_entry* existing = *newest_run;
    const auto known = existing != nullptr ? std::optional{current_run_of(existing->state)} : std::nullopt;
    auto decision = decide_signal_with_start(known, request);
    if (!decision) return refuse_for<response>(existing, std::move(done), std::move(decision).error());

    if (decision->signal_existing) {
        auto signaled = signal(existing->state, env(), signal_of(request, existing->state.key().run_id));
        if (!signaled) return refuse(done, std::move(signaled).error());
        record(*existing, std::move(*signaled));
        return answer_after<response>(*existing, std::move(done), started_response<response>(*existing, false));
    }
    if (decision->start.action == start_action::same_request || decision->start.action == start_action::use_existing) {
        // Temporal says of a repeated request that it started nothing, other than for a plain start.
        return answer_after<response>(*existing, std::move(done), started_response<response>(*existing, false));
    }
    const bool alone = decision->start.action == start_action::create;
    const run_entry& entry = begin_run(create_signaled_run(env(), request), alone ? nullptr : existing);
    answer_after<response>(entry, std::move(done), started_response<response>(entry, true),
                           alone ? waiter::is_patient : waiter::waits);
}

}  // namespace perdure::history
