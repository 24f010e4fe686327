#include <algorithm>
#include <map>
#include <random>

#include "history_service/visibility/evaluate.hpp"
#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
namespace {

class StoreVisibility : public conformance_test {
  protected:
    list_filter filter(const std::string& text) { return must(parse_list_filter(text)); }

    std::vector<run_number> list(const std::string& query, std::size_t page = 1'000) {
        std::vector<run_number> found;
        std::optional<list_cursor> after;
        do {
            const auto rows = must(db().list("default", filter(query), after, page));
            for (const visibility_row& row : rows.rows) found.push_back(row.run);
            after = rows.next;
        } while (after);
        return found;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreVisibility, ::testing::ValuesIn(all_kinds()), [](const auto& i) { return i.param.name; });

visibility_row random_row(run_number run, std::mt19937_64& random) {
    const auto draw = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
    visibility_row row = row_of(run);
    row.workflow_type = draw(2) == 0 ? "order.fulfil" : "order.refund";
    row.task_queue = draw(3) == 0 ? "bulk" : "orders";
    row.start_time = at(draw(20));
    row.execution_time = row.start_time + std::chrono::seconds{draw(3)};
    row.status = static_cast<int>(1 + draw(4));
    row.history_length = draw(10);
    if (row.status != 1) row.close_time = row.execution_time + std::chrono::seconds{draw(30)};
    if (draw(2) == 0) row.attributes.emplace_back("Customer", std::string(draw(2) == 0 ? "ada" : "bob"));
    if (draw(2) == 0) row.attributes.emplace_back("Total", draw(5));
    if (draw(3) == 0) row.attributes.emplace_back("Rate", 0.5 * static_cast<double>(draw(4)));
    if (draw(3) == 0)
        row.attributes.emplace_back("Mixed", draw(2) == 0 ? attribute_value{std::string("7")} : attribute_value{std::int64_t{7}});
    for (std::int64_t i = draw(4); i > 0; --i)
        row.attributes.emplace_back("Tags", std::string(1, static_cast<char>('a' + draw(4))));
    return row;
}

std::string random_query(std::mt19937_64& random, int depth) {
    static const std::vector<std::string> conditions{
        "ExecutionStatus = 'Running'",
        "ExecutionStatus != \"Completed\"",
        "ExecutionStatus IN ('Failed', 'Canceled')",
        "WorkflowType = 'order.fulfil'",
        "WorkflowType STARTS_WITH 'order.r'",
        "TaskQueue != 'bulk'",
        "WorkflowId IN ('order-3', 'order-4', 'nobody')",
        "RunId > 'run-3'",
        "StartTime < '1970-01-01T00:00:10Z'",
        "StartTime BETWEEN '1970-01-01T00:00:03Z' AND '1970-01-01T00:00:12Z'",
        "CloseTime >= '1970-01-01T00:00:20Z'",
        "CloseTime IS NULL",
        "ExecutionTime NOT BETWEEN 4000000000 AND 9000000000",
        "ExecutionDuration > '10s'",
        "HistoryLength <= 4",
        "Customer = 'ada'",
        "Customer != 'ada'",
        "Customer NOT STARTS_WITH 'a'",
        "Customer IS NOT NULL",
        "Total > 2",
        "Total = 3.0",
        "Rate < 1",
        "Rate IN (0.5, 1.5)",
        "Mixed = 7",
        "Mixed != '7'",
        "Mixed < '9'",
        "Mixed IN (7, 'x')",
        "Tags = 'b'",
        "Tags != 'b'",
        "Tags NOT IN ('a', 'c')",
        "Tags IS NULL",
        "Unknown = 'x'",
    };
    const std::uint64_t choice = depth > 3 ? 0 : random() % 6;
    if (choice == 3) return "NOT (" + random_query(random, depth + 1) + ")";
    if (choice == 4) return "(" + random_query(random, depth + 1) + " AND " + random_query(random, depth + 1) + ")";
    if (choice == 5) return "(" + random_query(random, depth + 1) + " OR " + random_query(random, depth + 1) + ")";
    return conditions[random() % conditions.size()];
}

TEST_P(StoreVisibility, ListsTheNewestFirst) {
    commit(batch_of({new_run(1), new_run(2), new_run(3)}));
    EXPECT_EQ(list(""), (std::vector<run_number>{3, 2, 1}));
    EXPECT_EQ(list("ORDER BY StartTime ASC"), (std::vector<run_number>{1, 2, 3}));
    EXPECT_EQ(list("WorkflowId = 'order-2'"), (std::vector<run_number>{2}));
}

TEST_P(StoreVisibility, PutsOpenRunsBeforeTheOnesThatClosedLast) {
    run_write closed = new_run(2);
    closed.visibility->status = 2;
    closed.visibility->close_time = at(5'000);
    run_write closed_later = new_run(3);
    closed_later.visibility->status = 2;
    closed_later.visibility->close_time = at(6'000);
    commit(batch_of({new_run(1), closed, closed_later}));
    EXPECT_EQ(list("ORDER BY CloseTime DESC", 1), (std::vector<run_number>{1, 3, 2}));
}

TEST_P(StoreVisibility, SaysThatThereIsNoNextPageOnlyAtTheEnd) {
    commit(batch_of({new_run(1), new_run(2)}));
    EXPECT_TRUE(must(db().list("default", {}, {}, 1)).next);
    EXPECT_FALSE(must(db().list("default", {}, {}, 2)).next);
    EXPECT_FALSE(must(db().list("default", {}, {}, 3)).next);
}

TEST_P(StoreVisibility, AgreesWithTheMeaningOfRandomQueriesOnRandomRuns) {
    std::mt19937_64 random(20260731);
    std::vector<visibility_row> rows;
    commit_batch batch;
    for (run_number run = 1; run <= 60; ++run) {
        run_write write = new_run(run);
        write.visibility = random_row(run, random);
        rows.push_back(*write.visibility);
        batch.runs.push_back(write);
    }
    commit(batch);
    const std::vector<std::string> orders{"",
                                          " ORDER BY StartTime",
                                          " ORDER BY StartTime ASC",
                                          " ORDER BY CloseTime DESC",
                                          " ORDER BY CloseTime ASC",
                                          " ORDER BY ExecutionTime"};
    for (int round = 0; round < 600; ++round) {
        const std::string query = random_query(random, 0) + orders[random() % orders.size()];
        const list_filter parsed = filter(query);
        std::vector<visibility_row> expected;
        std::map<int, std::int64_t> by_status;
        for (const visibility_row& row : rows) {
            if (!matches(parsed, row)) continue;
            expected.push_back(row);
            ++by_status[row.status];
        }
        std::sort(expected.begin(), expected.end(), [&](const visibility_row& a, const visibility_row& b) {
            return comes_after(parsed, cursor_of(parsed, a), cursor_of(parsed, b));
        });
        std::vector<run_number> numbers;
        for (const visibility_row& row : expected) numbers.push_back(row.run);
        EXPECT_EQ(list(query, 1 + random() % 9), numbers) << query;
        EXPECT_EQ(must(db().list("default", parsed, {}, 1'000)).rows, expected) << query;
        std::vector<status_count> counts;
        for (const auto& [status, count] : by_status) counts.push_back({status, count});
        EXPECT_EQ(must(db().count("default", parsed)), counts) << query;
    }
}

}  // namespace
}  // namespace perdure::history::conformance
