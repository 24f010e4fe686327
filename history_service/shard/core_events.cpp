#include <algorithm>

#include "api/carried_history.hpp"
#include "history_service/shard/core.hpp"

namespace perdure::history {
namespace {

service_failure damaged(const run_entry& entry, const journal_record& row) {
    return {status_code::data_loss, "record " + std::to_string(row.sequence) + " of run " + entry.state.key().run_id +
                                        " cannot be read; run perdure fsck"};
}

/// Calls `visit(id, event)` with the bytes of the row's events, in order, until it answers false. False for a damaged row.
template <class Visit>
bool visit_events(const journal_record& row, Visit&& visit) {
    event_walk walk(row.bytes, event_walk::of::record);
    for (std::int64_t id = row.first_event_id; id < row.first_event_id + row.event_count; ++id) {
        const std::string_view event = walk.next();
        if (event.empty()) return false;
        if (!visit(id, event)) return true;
    }
    return true;
}

}  // namespace

result<history_shard::core::event_page> history_shard::core::read_events(const run_entry& entry, std::int64_t first,
                                                                         std::int64_t last, std::size_t max_events) {
    event_page page;
    page.next = std::max<std::int64_t>(first, 1);
    const auto has_room = [&](std::size_t events, std::size_t bytes) {
        return page.events.count() + events <= max_events && page.events.bytes().size() + bytes <= options_.history_page_bytes;
    };
    // One event is always given, however large it is.
    const auto give = [&](std::int64_t id, std::string_view event) {
        if (!has_room(1, 1)) return false;
        page.events.add(event);
        page.next = id + 1;
        return true;
    };
    while (has_room(1, 1) && page.next <= last && page.next < entry.tail.first_event_id()) {
        const auto rows = around_.rows.read_events(entry.number, page.next, max_events - page.events.count(),
                                                   options_.history_page_bytes - page.events.bytes().size());
        if (!rows) return service_failure(rows.error());
        const std::int64_t before = page.next;
        for (const journal_record& row : *rows) {
            const bool readable = visit_events(
                row, [&](std::int64_t id, std::string_view event) { return id < page.next || (id <= last && give(id, event)); });
            if (!readable) return damaged(entry, row);
        }
        if (page.next == before)
            return service_failure{status_code::data_loss, "event " + std::to_string(before) + " of run " +
                                                               entry.state.key().run_id +
                                                               " is not in the store; run perdure fsck"};
    }
    page.next = entry.tail.visit_whole(page.next, last, [&](const event_range& events, std::string_view encoded) {
        const auto count = static_cast<std::size_t>(events.last - events.first + 1);
        if (!has_room(count, encoded.size())) return false;
        page.events.add_encoded(encoded, count);
        return true;
    });
    if (page.next <= last) entry.tail.visit(page.next, last, give);
    return page;
}

result<history_shard::core::event_page> history_shard::core::read_events_reverse(const run_entry& entry, std::int64_t last,
                                                                                 std::size_t max_events) {
    event_page page;
    page.next = std::min(last, entry.state.last_event_id());
    std::vector<std::string_view> ascending;
    const auto collect = [&](std::int64_t id, std::string_view event) {
        if (id > page.next) return false;
        ascending.push_back(event);
        return true;
    };
    const auto has_room = [&] {
        return page.events.count() < max_events && page.events.bytes().size() < options_.history_page_bytes;
    };
    // False when the page is full.
    const auto give = [&] {
        for (auto event = ascending.rbegin(); event != ascending.rend(); ++event) {
            if (!has_room()) return false;
            page.events.add(*event);
            --page.next;
        }
        return true;
    };
    entry.tail.visit(1, page.next, collect);
    if (!give()) return page;
    while (page.next >= 1 && has_room()) {
        const auto rows = around_.rows.read_events_reverse(entry.number, page.next, max_events - page.events.count(),
                                                           options_.history_page_bytes - page.events.bytes().size());
        if (!rows) return service_failure(rows.error());
        const std::int64_t before = page.next;
        for (const journal_record& row : *rows) {
            ascending.clear();
            if (!visit_events(row, collect)) return damaged(entry, row);
            if (!give()) return page;
        }
        if (page.next == before) break;
    }
    return page;
}

// The stored part of the history joins what the engine gave; what does not fit into one answer is fetched by page token.
result<pb::service::PollWorkflowTaskQueueResponse> history_shard::core::finish_task(const run_entry& entry,
                                                                                    started_workflow_task&& task,
                                                                                    std::string token) {
    result<pb::service::PollWorkflowTaskQueueResponse> finished(std::move(task.response));
    auto& response = *finished;
    response.set_task_token(std::move(token));
    encoded_events history;
    if (!task.stored_events.empty()) {
        auto page = read_events(entry, task.stored_events.first, task.stored_events.last, options_.history_page_events);
        if (!page) return std::move(page).error();
        history = std::move(page->events);
        if (page->next <= task.stored_events.last) {
            pages::HistoryPage rest;
            rest.set_workflow_id(entry.state.key().workflow_id);
            rest.set_run_id(entry.state.key().run_id);
            rest.set_next_event_id(page->next);
            rest.set_last_event_id(task.stored_events.last);
            for (auto& event : task.unstored_events) *rest.add_unstored_events() = std::move(event);
            response.set_next_page_token(encode_page(std::move(rest)));
            carry_history(response, history.take());
            return finished;
        }
    }
    for (const auto& event : task.unstored_events) history.add(event.SerializeAsString());
    carry_history(response, history.take());
    return finished;
}

}  // namespace perdure::history
