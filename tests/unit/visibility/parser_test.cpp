#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <random>

#include "history_service/visibility/filter.hpp"

namespace perdure::history {
namespace {

using ::testing::HasSubstr;

list_filter parsed(const std::string& text) {
    auto filter = parse_list_filter(text);
    EXPECT_TRUE(filter) << text << ": " << filter.error().message;
    return filter ? *filter : list_filter{};
}

struct bad_query {
    std::string text;
    std::string position;
    std::string message;

    friend void PrintTo(const bad_query& bad, std::ostream* out) { *out << bad.text; }
};

class BadListQuery : public ::testing::TestWithParam<bad_query> {};

TEST_P(BadListQuery, IsRefusedWithItsPlaceAndWhatWasExpected) {
    const auto filter = parse_list_filter(GetParam().text);
    ASSERT_FALSE(filter);
    EXPECT_EQ(filter.error().code, status_code::invalid_argument);
    EXPECT_THAT(filter.error().message, HasSubstr("at position " + GetParam().position + ":"));
    EXPECT_THAT(filter.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Queries, BadListQuery,
                         ::testing::Values(bad_query{"WorkflowType", "13", "an operator after WorkflowType"},
                                           bad_query{"WorkflowType =", "15", "a value for WorkflowType"},
                                           bad_query{"WorkflowType = order", "16", "text in quotes"},
                                           bad_query{"workflowtype = 'x'", "1", "did you mean WorkflowType?"},
                                           bad_query{"ExecutionStatus = 'Runing'", "19", "\"Running\""},
                                           bad_query{"ExecutionStatus > 'Running'", "17", "has no order"},
                                           bad_query{"ExecutionStatus BETWEEN 1 AND 2", "25", "has no order"},
                                           bad_query{"StartTime > 'yesterday'", "13", "2026-01-31T10:00:00Z"},
                                           bad_query{"StartTime STARTS_WITH '2026'", "23", "is not text"},
                                           bad_query{"StartTime BETWEEN 1 OR 2", "21", "AND between"},
                                           bad_query{"ExecutionDuration > 'long'", "21", "a span"},
                                           bad_query{"HistoryLength = 'many'", "17", "a whole number"},
                                           bad_query{"A = 'x' OR", "11", "the name of a field"},
                                           bad_query{"A = 'x' B = 'y'", "9", "AND, OR, ORDER BY"},
                                           bad_query{"(A = 'x'", "9", "')'"}, bad_query{"A = 'x')", "8", "found ')'"},
                                           bad_query{"A = 'x", "5", "never closed"}, bad_query{"A ~ 'x'", "3", "no meaning here"},
                                           bad_query{"A NOT = 'x'", "7", "IN, BETWEEN or STARTS_WITH after NOT"},
                                           bad_query{"A IN 'x'", "6", "'(' after IN"}, bad_query{"A IN ('x'", "10", "',' or ')'"},
                                           bad_query{"A IN ()", "7", "a value for A"},
                                           bad_query{"A IS 'x'", "6", "NULL after IS"}, bad_query{"A = 1.2.3", "5", "a number"},
                                           bad_query{"ORDER BY WorkflowType", "10", "StartTime, CloseTime or ExecutionTime"},
                                           bad_query{"ORDER StartTime", "7", "BY after ORDER"},
                                           bad_query{"GROUP BY WorkflowType", "10", "ExecutionStatus"},
                                           bad_query{"`` = 'x'", "1", "is empty"}));

TEST(ListQuery, WithoutTextMatchesEverythingNewestFirst) {
    const list_filter filter = parsed("  ");
    EXPECT_FALSE(filter.where);
    EXPECT_EQ(filter.order_by, list_field::start_time);
    EXPECT_TRUE(filter.descending);
}

TEST(ListQuery, ReadsBothQuotesAndTheirEscapes) {
    const auto value = [](const std::string& text) { return std::get<std::string>(parsed(text).where->literals.front()); };
    EXPECT_EQ(value("WorkflowId = 'it''s'"), "it's");
    EXPECT_EQ(value("WorkflowId = \"a \\\"b\\\" c\""), "a \"b\" c");
    EXPECT_EQ(value("WorkflowId = 'a\\\\b'"), "a\\b");
    EXPECT_EQ(value("WorkflowId = 'Zoë Ångström'"), "Zoë Ångström");
    EXPECT_EQ(parsed("`Order Id` = 'x'").where->attribute, "Order Id");
}

TEST(ListQuery, BindsAndTighterThanOrAndNotTightest) {
    EXPECT_EQ(parsed("A = 1 OR B = 2 AND NOT C = 3"), parsed("A = 1 OR (B = 2 AND (NOT (C = 3)))"));
    EXPECT_NE(parsed("A = 1 OR B = 2 AND C = 3"), parsed("(A = 1 OR B = 2) AND C = 3"));
}

TEST(ListQuery, TakesWordsInAnyCase) {
    EXPECT_EQ(parsed("A = 1 and B in (2) order by CloseTime asc"), parsed("A = 1 AND B IN (2) ORDER BY CloseTime ASC"));
    EXPECT_EQ(parsed("ExecutionStatus = 'running'"), parsed("ExecutionStatus = \"Running\""));
    EXPECT_EQ(parsed("ExecutionStatus = 1"), parsed("ExecutionStatus = 'Running'"));
    EXPECT_EQ(parsed("A <> 1"), parsed("A != 1"));
}

TEST(ListQuery, ReadsTimesWithAnyOffset) {
    EXPECT_EQ(parsed("StartTime > '2026-03-01T12:00:00+02:00'"), parsed("StartTime > '2026-03-01T10:00:00Z'"));
    EXPECT_EQ(parsed("StartTime > 1000000000"), parsed("StartTime > '1970-01-01T00:00:01Z'"));
    EXPECT_EQ(parsed("ExecutionDuration > '1m30s'"), parsed("ExecutionDuration > 90000000000"));
}

TEST(ListQuery, IsBoundedInDepthSizeAndNumberOfValues) {
    EXPECT_THAT(parse_list_filter(std::string(8'000, '(')).error().message, HasSubstr("levels"));
    std::string negations;
    for (int i = 0; i < 4'000; ++i) negations += "NOT ";
    EXPECT_THAT(parse_list_filter(negations + "A = 1").error().message, HasSubstr("levels"));
    std::string chain = "A = 1";
    for (int i = 0; i < 300; ++i) chain += " OR A = 1";
    EXPECT_THAT(parse_list_filter(chain).error().message, HasSubstr("conditions"));
    std::string values = "A IN (1";
    for (int i = 0; i < 2'000; ++i) values += ",1";
    EXPECT_THAT(parse_list_filter(values + ")").error().message, HasSubstr("values"));
    EXPECT_THAT(parse_list_filter(std::string(100'000, ' ')).error().message, HasSubstr("longer than"));
}

TEST(ListQuery, SurvivesAnyInput) {
    std::mt19937_64 random(7);
    const std::vector<std::string> words{"WorkflowId", "=",     "'x'",       "(",    ")",  "AND",  "OR",   "NOT",
                                         "IN",         ",",     "BETWEEN",   "1",    "\"", "IS",   "NULL", "ORDER",
                                         "BY",         "GROUP", "StartTime", "\xff", "`",  "1e999"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::uint64_t i = random() % 12; i > 0; --i) text += words[random() % words.size()] + (random() % 3 ? " " : "");
        const auto filter = parse_list_filter(text);
        if (!filter) EXPECT_EQ(filter.error().code, status_code::invalid_argument) << text;
    }
}

}  // namespace
}  // namespace perdure::history
