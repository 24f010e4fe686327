#include <algorithm>

#include "history_service/shard/core.hpp"

namespace perdure::history {
namespace {

result<journal::JournalRecord> parse(const journal_record& row) {
    journal::JournalRecord record;
    if (!record.ParseFromString(row.bytes))
        return service_failure{status_code::data_loss, "record " + std::to_string(row.sequence) + " of a journal cannot be read"};
    return record;
}

}  // namespace

result<history_shard::core::event_page> history_shard::core::read_events(const run_entry& entry, std::int64_t first,
                                                                         std::int64_t last, std::size_t max_events) {
    event_page page;
    page.next = std::max<std::int64_t>(first, 1);
    std::size_t bytes = 0;
    const auto full = [&] {
        return static_cast<std::size_t>(page.events.events_size()) >= max_events || bytes >= options_.history_page_bytes;
    };
    const auto give = [&](const pb::history::HistoryEvent& event) {
        if (full()) return false;
        bytes += event.ByteSizeLong();
        page.next = event.event_id() + 1;
        *page.events.add_events() = event;
        return true;
    };
    while (!full() && page.next <= last && page.next < entry.tail.first_event_id()) {
        const auto rows =
            around_.rows.read_events(entry.number, page.next, max_events - static_cast<std::size_t>(page.events.events_size()),
                                     options_.history_page_bytes - bytes);
        if (!rows) return service_failure(rows.error());
        const std::int64_t before = page.next;
        for (const journal_record& row : *rows) {
            const auto record = parse(row);
            if (!record) return service_failure(record.error());
            for (const auto& change : record->changes()) {
                const pb::history::HistoryEvent* event = event_tail::event_of(change);
                if (event == nullptr || event->event_id() < page.next || event->event_id() > last) continue;
                if (!give(*event)) return page;
            }
        }
        if (page.next == before)
            return service_failure{status_code::data_loss, "event " + std::to_string(before) + " of run " +
                                                               entry.state.key().run_id +
                                                               " is not in the store; run perdure fsck"};
    }
    entry.tail.visit(page.next, last, give);
    return page;
}

result<history_shard::core::event_page> history_shard::core::read_events_reverse(const run_entry& entry, std::int64_t last,
                                                                                 std::size_t max_events) {
    event_page page;
    page.next = std::min(last, entry.state.last_event_id());
    std::size_t bytes = 0;
    const auto take = [&](const std::vector<const pb::history::HistoryEvent*>& ascending) {
        for (auto event = ascending.rbegin(); event != ascending.rend(); ++event) {
            if (static_cast<std::size_t>(page.events.events_size()) >= max_events || bytes >= options_.history_page_bytes)
                return false;
            if ((*event)->event_id() > page.next) continue;
            bytes += (*event)->ByteSizeLong();
            page.next = (*event)->event_id() - 1;
            *page.events.add_events() = **event;
        }
        return true;
    };
    std::vector<const pb::history::HistoryEvent*> ascending;
    entry.tail.visit(1, page.next, [&](const pb::history::HistoryEvent& event) {
        ascending.push_back(&event);
        return true;
    });
    if (!take(ascending)) return page;
    while (page.next >= 1 && static_cast<std::size_t>(page.events.events_size()) < max_events &&
           bytes < options_.history_page_bytes) {
        const auto rows = around_.rows.read_events_reverse(entry.number, page.next,
                                                           max_events - static_cast<std::size_t>(page.events.events_size()),
                                                           options_.history_page_bytes - bytes);
        if (!rows) return service_failure(rows.error());
        const std::int64_t before = page.next;
        for (const journal_record& row : *rows) {
            const auto record = parse(row);
            if (!record) return service_failure(record.error());
            ascending.clear();
            for (const auto& change : record->changes())
                if (const auto* event = event_tail::event_of(change)) ascending.push_back(event);
            if (!take(ascending)) return page;
        }
        if (page.next == before) break;
    }
    return page;
}

// The stored part of the history joins what the engine gave; what does not fit into one answer is fetched by page token.
result<pb::service::PollWorkflowTaskQueueResponse> history_shard::core::finish_task(const run_entry& entry,
                                                                                    started_workflow_task task,
                                                                                    std::string token) {
    pb::service::PollWorkflowTaskQueueResponse response = std::move(task.response);
    response.set_task_token(std::move(token));
    auto* history = response.mutable_history();
    if (!task.stored_events.empty()) {
        auto page = read_events(entry, task.stored_events.first, task.stored_events.last, options_.history_page_events);
        if (!page) return std::move(page).error();
        history->Swap(&page->events);
        if (page->next <= task.stored_events.last) {
            pages::HistoryPage rest;
            rest.set_workflow_id(entry.state.key().workflow_id);
            rest.set_run_id(entry.state.key().run_id);
            rest.set_next_event_id(page->next);
            rest.set_last_event_id(task.stored_events.last);
            for (auto& event : task.unstored_events) *rest.add_unstored_events() = std::move(event);
            response.set_next_page_token(encode_page(std::move(rest)));
            return response;
        }
    }
    for (auto& event : task.unstored_events) *history->add_events() = std::move(event);
    return response;
}

}  // namespace perdure::history
