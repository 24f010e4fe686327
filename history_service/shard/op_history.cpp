#include <algorithm>

#include "history_service/shard/core.hpp"

// Histories: pages, forwards and backwards, and the long poll for what is still to come.

namespace perdure::history {
namespace {

using pb::service::GetWorkflowExecutionHistoryRequest;
using pb::service::GetWorkflowExecutionHistoryResponse;

bool wants_close_event(const GetWorkflowExecutionHistoryRequest& request) {
    return request.history_event_filter_type() == pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;
}

std::size_t page_events(std::int32_t asked, std::size_t most) {
    return asked <= 0 ? most : std::min(static_cast<std::size_t>(asked), most);
}

}  // namespace

void history_shard::core::get_workflow_execution_history(const GetWorkflowExecutionHistoryRequest& request,
                                                         reply<GetWorkflowExecutionHistoryResponse> done) {
    pages::HistoryPage page;
    if (!request.next_page_token().empty()) {
        auto decoded = decode_history_page(request.next_page_token());
        if (!decoded) return refuse(done, std::move(decoded).error());
        page = std::move(*decoded);
    }
    const bool first = request.next_page_token().empty();
    const std::string workflow_id = first ? request.execution().workflow_id() : page.workflow_id();
    const std::string run_id = first ? request.execution().run_id() : page.run_id();
    const auto found = resolve(request.namespace_(), workflow_id, run_id);
    if (!found) return refuse(done, service_failure(found.error()));
    run_entry& entry = **found;
    if (first) {
        page.set_workflow_id(workflow_id);
        page.set_run_id(entry.state.key().run_id);
        page.set_next_event_id(1);
        // Without waiting, the pages together are the history as it was at the first one.
        if (!request.wait_new_event()) page.set_last_event_id(entry.state.last_event_id());
    }
    give_history(entry, request, std::move(page), std::move(done), std::nullopt);
}

void history_shard::core::give_history(run_entry& entry, const GetWorkflowExecutionHistoryRequest& request,
                                       pages::HistoryPage page, reply<GetWorkflowExecutionHistoryResponse> done,
                                       std::optional<deadlines::key> deadline) {
    const bool running = entry.state.running();
    const std::int64_t newest_event = entry.state.last_event_id();
    const bool waits = page.last_event_id() == 0 && running;
    GetWorkflowExecutionHistoryResponse response;
    if (wants_close_event(request)) {
        if (waits) return park(entry, request, std::move(page), std::move(done), deadline);
        if (!running) {
            auto last = read_events(entry, newest_event, newest_event, 1);
            if (!last) return refuse(done, std::move(last).error());
            auto event = last->events.decode();
            if (!event) return refuse(done, std::move(event).error());
            *response.mutable_history() = *std::move(event);
        }
        response.mutable_history();
    } else {
        if (waits && page.next_event_id() > newest_event) return park(entry, request, std::move(page), std::move(done), deadline);
        const std::int64_t last = page.last_event_id() == 0 ? newest_event : std::min(page.last_event_id(), newest_event);
        auto events = read_events(entry, page.next_event_id(), last,
                                  page_events(request.maximum_page_size(), options_.history_page_events));
        if (!events) return refuse(done, std::move(events).error());
        auto decoded = events->events.decode();
        if (!decoded) return refuse(done, std::move(decoded).error());
        auto* history = response.mutable_history();
        *history = *std::move(decoded);
        page.set_next_event_id(events->next);
        if (events->next <= last || waits)
            response.set_next_page_token(encode_page(page));
        else
            for (const auto& event : page.unstored_events()) *history->add_events() = event;
    }
    if (deadline) deadlines_.drop(*deadline);
    answer_after<GetWorkflowExecutionHistoryResponse>(entry, std::move(done), std::move(response));
}

void history_shard::core::park(run_entry& entry, const GetWorkflowExecutionHistoryRequest& request, pages::HistoryPage page,
                               reply<GetWorkflowExecutionHistoryResponse> done, std::optional<deadlines::key> deadline) {
    const std::uint64_t id = ++last_wait_;
    const deadlines::instant until = deadline ? deadline->first : steady_ + options_.history_long_poll;
    if (deadline) deadlines_.drop(*deadline);
    history_wait wait{request, std::move(page), std::move(done), {}};
    wait.deadline = deadlines_.set(until, [this, id, run = entry.number] {
        history_wait late = std::move(history_waits_.at(id));
        history_waits_.erase(id);
        auto& of_run = history_waits_by_run_.at(run);
        of_run.erase(id);
        if (of_run.empty()) history_waits_by_run_.erase(run);
        // Nothing came; the same token asks on.
        GetWorkflowExecutionHistoryResponse nothing;
        nothing.mutable_history();
        nothing.set_next_page_token(encode_page(std::move(late.page)));
        answer<GetWorkflowExecutionHistoryResponse>(std::move(late.done), std::move(nothing));
    });
    history_waits_.emplace(id, std::move(wait));
    history_waits_by_run_[entry.number].insert(id);
}

void history_shard::core::wake_history(run_number run, bool closed) {
    const auto waiting = history_waits_by_run_.find(run);
    if (waiting == history_waits_by_run_.end()) return;
    std::vector<std::uint64_t> woken;
    for (const std::uint64_t id : waiting->second)
        if (closed || !wants_close_event(history_waits_.at(id).request)) woken.push_back(id);
    for (const std::uint64_t id : woken) {
        waiting->second.erase(id);
        later([this, wait = std::move(history_waits_.at(id)), run]() mutable {
            const auto found = entry_of(run);
            if (found) return give_history(**found, wait.request, std::move(wait.page), std::move(wait.done), wait.deadline);
            deadlines_.drop(wait.deadline);
            wait.done(service_failure(found.error()));
        });
        history_waits_.erase(id);
    }
    if (waiting->second.empty()) history_waits_by_run_.erase(waiting);
}

void history_shard::core::get_workflow_execution_history_reverse(
    const pb::service::GetWorkflowExecutionHistoryReverseRequest& request,
    reply<pb::service::GetWorkflowExecutionHistoryReverseResponse> done) {
    using response = pb::service::GetWorkflowExecutionHistoryReverseResponse;
    pages::HistoryPage page;
    const bool first = request.next_page_token().empty();
    if (!first) {
        auto decoded = decode_history_page(request.next_page_token());
        if (!decoded) return refuse(done, std::move(decoded).error());
        page = std::move(*decoded);
    }
    const auto found = resolve(request.namespace_(), first ? request.execution().workflow_id() : page.workflow_id(),
                               first ? request.execution().run_id() : page.run_id());
    if (!found) return refuse(done, service_failure(found.error()));
    const run_entry& entry = **found;
    const std::int64_t from = first ? entry.state.last_event_id() : page.next_event_id();
    auto events = read_events_reverse(entry, from, page_events(request.maximum_page_size(), options_.history_page_events));
    if (!events) return refuse(done, std::move(events).error());
    auto decoded = events->events.decode();
    if (!decoded) return refuse(done, std::move(decoded).error());
    response made;
    *made.mutable_history() = *std::move(decoded);
    if (events->next >= 1) {
        page.set_workflow_id(entry.state.key().workflow_id);
        page.set_run_id(entry.state.key().run_id);
        page.set_next_event_id(events->next);
        made.set_next_page_token(encode_page(std::move(page)));
    }
    answer_after<response>(entry, std::move(done), std::move(made));
}

}  // namespace perdure::history
