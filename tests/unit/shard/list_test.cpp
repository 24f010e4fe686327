#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using list_request = pb::service::ListWorkflowExecutionsRequest;

list_request list_of(const std::string& query, int page = 0, const std::string& token = "") {
    list_request request;
    request.set_namespace_("default");
    request.set_query(query);
    request.set_page_size(page);
    request.set_next_page_token(token);
    return request;
}

TEST(ShardList, ShowsARunFromItsStartOn) {
    shard_rig rig;
    auto request = start_request("o-1");
    auto& fields = *request.mutable_search_attributes()->mutable_indexed_fields();
    (*fields["Customer"].mutable_metadata())["encoding"] = "json/plain";
    fields["Customer"].set_data("\"ada\"");
    (*fields["Tags"].mutable_metadata())["encoding"] = "json/plain";
    fields["Tags"].set_data("[\"a\",\"b\"]");
    fields["Odd"].set_data("{not json");
    rig.must(rig.ask(&history_shard::start_workflow_execution, request));
    for (const std::string query :
         {"", "ExecutionStatus = 'Running'", "Customer = 'ada' AND Tags = 'b'", "Odd IS NULL", "WorkflowType = \"wf\""})
        EXPECT_EQ(rig.must(rig.ask(&history_shard::list_workflow_executions, list_of(query))).executions_size(), 1) << query;
    EXPECT_EQ(rig.must(rig.ask(&history_shard::list_workflow_executions, list_of("Customer = 'bob'"))).executions_size(), 0);
    rig.must(rig.terminate("o-1"));
    const auto closed = rig.must(rig.ask(&history_shard::list_workflow_executions, list_of("ExecutionStatus = 'Terminated'")));
    ASSERT_EQ(closed.executions_size(), 1);
    EXPECT_EQ(closed.executions(0).execution().workflow_id(), "o-1");
    EXPECT_EQ(closed.executions(0).history_length(), 3);
}

TEST(ShardList, GivesPagesAndRefusesATokenOfAnotherQuery) {
    shard_rig rig;
    for (int i = 0; i < 5; ++i) {
        rig.must(rig.start("o-" + std::to_string(i)));
        rig.pass(std::chrono::seconds{1});
    }
    std::vector<std::string> seen;
    std::string token;
    do {
        const auto page = rig.must(rig.ask(&history_shard::list_workflow_executions, list_of("", 2, token)));
        for (const auto& run : page.executions()) seen.push_back(run.execution().workflow_id());
        token = page.next_page_token();
        if (!token.empty())
            EXPECT_EQ(rig.ask(&history_shard::list_workflow_executions, list_of("WorkflowId = 'x'", 2, token)).error().code,
                      status_code::invalid_argument);
    } while (!token.empty());
    EXPECT_EQ(seen, (std::vector<std::string>{"o-4", "o-3", "o-2", "o-1", "o-0"}));
}

TEST(ShardList, CountsByStatus) {
    shard_rig rig;
    for (int i = 0; i < 3; ++i) rig.must(rig.start("o-" + std::to_string(i)));
    rig.must(rig.terminate("o-0"));
    pb::service::CountWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    EXPECT_EQ(rig.must(rig.ask(&history_shard::count_workflow_executions, request)).count(), 3);
    request.set_query("GROUP BY ExecutionStatus");
    const auto grouped = rig.must(rig.ask(&history_shard::count_workflow_executions, request));
    EXPECT_EQ(grouped.count(), 3);
    ASSERT_EQ(grouped.groups_size(), 2);
    EXPECT_EQ(grouped.groups(0).group_values(0).data(), "\"Running\"");
    EXPECT_EQ(grouped.groups(0).count(), 2);
}

TEST(ShardList, RefusesAQueryThatIsNone) {
    shard_rig rig;
    EXPECT_EQ(rig.ask(&history_shard::list_workflow_executions, list_of("nonsense")).error().code, status_code::invalid_argument);
    EXPECT_EQ(rig.ask(&history_shard::list_workflow_executions, list_of("GROUP BY ExecutionStatus")).error().code,
              status_code::invalid_argument);
}

}  // namespace
}  // namespace perdure::history
