#include "history_service/visibility/evaluate.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace perdure::history {
namespace {

visibility_row sample() {
    visibility_row row;
    row.run = 4;
    row.workflow_id = "order-4";
    row.workflow_type = "order.fulfil";
    row.status = 1;
    row.start_time = row.execution_time = wall_time{std::chrono::seconds{100}};
    row.attributes = {{"Customer", std::string("ada")}, {"Total", 12.5},
                      {"Items", std::int64_t{3}},       {"Tags", std::string("a")},
                      {"Tags", std::string("b")},       {"Due", std::string("2026-01-01T00:00:00.000000000Z")}};
    return row;
}

truth value(const std::string& text) {
    const auto filter = parse_list_filter(text);
    EXPECT_TRUE(filter) << text;
    return evaluate(*filter->where, sample());
}

struct expectation {
    std::string query;
    truth value;

    friend void PrintTo(const expectation& expected, std::ostream* out) { *out << expected.query; }
};

class ListCondition : public ::testing::TestWithParam<expectation> {};

TEST_P(ListCondition, HasTheTruthThatItSays) { EXPECT_EQ(value(GetParam().query), GetParam().value) << GetParam().query; }

INSTANTIATE_TEST_SUITE_P(
    Conditions, ListCondition,
    ::testing::Values(expectation{"ExecutionStatus = 'Running'", true}, expectation{"ExecutionStatus != 'Running'", false},
                      expectation{"WorkflowId STARTS_WITH 'order-'", true}, expectation{"WorkflowId NOT STARTS_WITH 'x'", true},
                      expectation{"StartTime = '1970-01-01T00:01:40Z'", true}, expectation{"CloseTime IS NULL", true},
                      expectation{"CloseTime > 1", truth{}}, expectation{"NOT CloseTime > 1", truth{}},
                      expectation{"CloseTime > 1 OR Items = 3", true}, expectation{"CloseTime > 1 AND Items = 4", false},
                      expectation{"CloseTime > 1 AND Items = 3", truth{}}, expectation{"Total > 12", true},
                      expectation{"Total = 12.5", true}, expectation{"Items = 3.0", true}, expectation{"Customer > 5", truth{}},
                      expectation{"Tags = 'b'", true}, expectation{"Tags != 'b'", false}, expectation{"Tags != 'c'", true},
                      expectation{"Nothing = 'x'", truth{}}, expectation{"Nothing IS NULL", true},
                      expectation{"Due = '2026-01-01T01:00:00+01:00'", true}, expectation{"Due < '2026-01-01T00:00:01Z'", true},
                      expectation{"Customer IN ('bob', 'ada')", true}, expectation{"Customer NOT IN ('bob')", true}));

TEST(ListOrder, PutsOpenRunsAfterAllThatClosed) {
    const auto filter = *parse_list_filter("ORDER BY CloseTime ASC");
    visibility_row closed = sample();
    closed.close_time = wall_time{std::chrono::hours{1'000}};
    EXPECT_TRUE(comes_after(filter, cursor_of(filter, closed), cursor_of(filter, sample())));
}

}  // namespace
}  // namespace perdure::history
