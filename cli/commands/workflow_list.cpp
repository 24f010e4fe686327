#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/render/table.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

struct list_flags {
    std::string query;
    int limit = 0;
    int page_size = 0;
};

tone status_tone(pb::enums::WorkflowExecutionStatus status) {
    switch (status) {
        case pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING:
            return tone::begun;
        case pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED:
            return tone::good;
        case pb::enums::WORKFLOW_EXECUTION_STATUS_FAILED:
            return tone::bad;
        case pb::enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
            return tone::late;
        case pb::enums::WORKFLOW_EXECUTION_STATUS_CANCELED:
        case pb::enums::WORKFLOW_EXECUTION_STATUS_TERMINATED:
            return tone::stopped;
        default:
            return tone::plain;
    }
}

exit_code run_list(session& shared, const list_flags& flags) {
    pb::service::ListWorkflowExecutionsRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_query(flags.query);
    request.set_page_size(flags.limit > 0 && (flags.page_size == 0 || flags.limit < flags.page_size) ? flags.limit
                                                                                                     : flags.page_size);
    std::vector<std::vector<cell>> rows;
    int shown = 0;
    if (shared.json()) shared.begin_list();
    do {
        const auto page = shared.call(&frontend::list_workflow_executions, request);
        for (const auto& info : page.executions()) {
            if (flags.limit > 0 && shown == flags.limit) break;
            ++shown;
            if (shared.json()) {
                shared.list_item(shared.as_json(info));
            } else {
                rows.push_back({{status_name(info.status()), status_tone(info.status())},
                                {info.execution().workflow_id()},
                                {info.type().name()},
                                {show_time(info.start_time())},
                                {show_time(info.close_time())}});
            }
        }
        request.set_next_page_token(page.next_page_token());
    } while (!request.next_page_token().empty() && (flags.limit == 0 || shown < flags.limit));
    if (shared.json()) shared.end_list();
    if (!rows.empty())
        shared.print(render_table({"Status", "WorkflowId", "Type", "StartTime", "CloseTime"}, rows, shared.colour()));
    return exit_code::ok;
}

exit_code run_count(session& shared, const list_flags& flags) {
    pb::service::CountWorkflowExecutionsRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_query(flags.query);
    const auto response = shared.call(&frontend::count_workflow_executions, request);
    shared.print("Total: " + std::to_string(response.count()) + "\n");
    for (const auto& group : response.groups()) {
        std::string values;
        for (const auto& value : group.group_values()) values += (values.empty() ? "" : ", ") + show_payload(value);
        shared.print("Group total: " + std::to_string(group.count()) + ", values: " + values + "\n");
    }
    shared.print_json(shared.as_json(response));
    return exit_code::ok;
}

}  // namespace

void add_workflow_list(CLI::App& parent, session& shared) {
    auto* list = parent.add_subcommand("list", "List workflows, the newest first");
    list->footer(
        "Examples:\n"
        "  perdure workflow list --limit 20\n"
        "  perdure workflow list --query 'ExecutionStatus = \"Running\" and WorkflowType = \"order.fulfil\"'\n");
    auto flags = std::make_shared<list_flags>();
    list->add_option("-q,--query", flags->query, "List filter");
    list->add_option("--limit", flags->limit, "Show at most this many")->check(CLI::Range(1, 1'000'000));
    list->add_option("--page-size", flags->page_size, "Fetch this many at a time")->check(CLI::Range(1, 1'000'000));
    list->callback([&shared, flags] { shared.action = [&shared, flags] { return run_list(shared, *flags); }; });

    auto* count = parent.add_subcommand("count", "Count workflows");
    count->footer("Example:\n  perdure workflow count --query 'ExecutionStatus = \"Failed\"'\n");
    auto count_flags = std::make_shared<list_flags>();
    count->add_option("-q,--query", count_flags->query, "List filter; GROUP BY ExecutionStatus counts each status");
    count->callback(
        [&shared, count_flags] { shared.action = [&shared, count_flags] { return run_count(shared, *count_flags); }; });
}

}  // namespace perdure::cli
