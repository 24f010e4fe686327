#include <algorithm>
#include <array>

#include "history_service/shard/core.hpp"

// Lists and counts. They read what is durable, beside everything else, as they may take long.

namespace perdure::history {
namespace {

using pb::service::CountWorkflowExecutionsResponse;
using pb::service::ListWorkflowExecutionsResponse;

pb::common::Payload status_payload(int status) {
    static constexpr std::array<std::string_view, 9> names{"Unspecified", "Running",        "Completed", "Failed", "Canceled",
                                                           "Terminated",  "ContinuedAsNew", "TimedOut",  "Paused"};
    const auto at = static_cast<std::size_t>(status);
    pb::common::Payload payload;
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    (*payload.mutable_metadata())["type"] = "Keyword";
    payload.set_data('"' + std::string(at < names.size() ? names[at] : names[0]) + '"');
    return payload;
}

result<ListWorkflowExecutionsResponse> listed(result<visibility_page> page, const std::string& query) {
    if (!page) return std::move(page).error();
    ListWorkflowExecutionsResponse response;
    for (const visibility_row& row : page->rows)
        if (!response.add_executions()->ParseFromString(row.info))
            return service_failure{status_code::data_loss,
                                   "the list row of run " + row.run_id + " cannot be read; run perdure fsck"};
    if (page->next) {
        pages::ListPage next;
        next.set_order_value(page->next->order_value);
        next.set_run(page->next->run);
        next.set_query(query);
        response.set_next_page_token(encode_page(std::move(next)));
    }
    return response;
}

CountWorkflowExecutionsResponse counted(const std::vector<status_count>& counts, bool grouped) {
    CountWorkflowExecutionsResponse response;
    for (const status_count& one : counts) {
        response.set_count(response.count() + one.count);
        if (!grouped) continue;
        auto* group = response.add_groups();
        *group->add_group_values() = status_payload(one.status);
        group->set_count(one.count);
    }
    return response;
}

}  // namespace

// The answer is kept where the shard's end can find it while the list is made.
template <class Response>
void history_shard::core::make_list(std::function<result<Response>()> make, reply<Response> done) {
    const std::uint64_t id = ++last_list_;
    auto outcome = std::make_shared<std::optional<result<Response>>>();
    lists_under_way_.emplace(id, [this, done](const service_failure& gone) { refuse(done, gone); });
    around_.lists.run([make = std::move(make), outcome] { outcome->emplace(make()); },
                      [this, alive = alive_, id, outcome, done] {
                          if (!*alive) return;
                          lists_under_way_.erase(id);
                          answer<Response>(done, std::move(**outcome));
                          settle();
                      });
}

void history_shard::core::list_workflow_executions(const pb::service::ListWorkflowExecutionsRequest& request,
                                                   reply<ListWorkflowExecutionsResponse> done) {
    auto filter = parse_list_filter(request.query());
    if (!filter) return refuse(done, std::move(filter).error());
    if (filter->group_by_status)
        return refuse(done,
                      service_failure{status_code::invalid_argument, "GROUP BY belongs to counts; leave it out of a list."});
    std::optional<list_cursor> after;
    if (!request.next_page_token().empty()) {
        const auto page = decode_list_page(request.next_page_token());
        if (!page) return refuse(done, service_failure(page.error()));
        if (page->query() != request.query())
            return refuse(done, service_failure{status_code::invalid_argument,
                                                "Invalid NextPageToken: it belongs to another query; start anew without it."});
        after = list_cursor{page->order_value(), page->run()};
    }
    const std::size_t rows = request.page_size() <= 0
                                 ? options_.list_page_rows
                                 : std::min(static_cast<std::size_t>(request.page_size()), options_.list_page_rows);
    make_list<ListWorkflowExecutionsResponse>(
        [&store = around_.rows, space = request.namespace_(), filter = std::move(*filter), after, rows, query = request.query()] {
            return listed(store.list(space, filter, after, rows), query);
        },
        std::move(done));
}

void history_shard::core::count_workflow_executions(const pb::service::CountWorkflowExecutionsRequest& request,
                                                    reply<CountWorkflowExecutionsResponse> done) {
    auto filter = parse_list_filter(request.query());
    if (!filter) return refuse(done, std::move(filter).error());
    make_list<CountWorkflowExecutionsResponse>(
        [&store = around_.rows, space = request.namespace_(),
         filter = std::move(*filter)]() -> result<CountWorkflowExecutionsResponse> {
            const auto counts = store.count(space, filter);
            if (!counts) return service_failure(counts.error());
            return counted(*counts, filter.group_by_status);
        },
        std::move(done));
}

}  // namespace perdure::history
