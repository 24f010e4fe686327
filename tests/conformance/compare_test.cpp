#include "tests/conformance/compare.hpp"

#include <gtest/gtest.h>

#include "api/base64.hpp"
#include "api/proto.hpp"
#include "tests/conformance/known_differences.hpp"
#include "tests/conformance/operations.hpp"

namespace perdure::conformance {
namespace {

std::optional<difference> diff(const json& expected, const json& actual, variables& names) {
    return first_difference(expected, actual, "here", names, {});
}

std::optional<difference> diff(const json& expected, const json& actual) {
    variables names("7");
    return diff(expected, actual, names);
}

TEST(compare, an_absent_scalar_is_its_default_on_either_side) {
    EXPECT_FALSE(
        diff({{"a", 0}, {"b", ""}, {"c", false}, {"d", json::array()}, {"e", "X_UNSPECIFIED"}, {"f", "0"}}, json::object()));
    EXPECT_FALSE(diff(json::object(), {{"a", 0}, {"c", false}}));
}

TEST(compare, an_absent_message_is_not_an_empty_one) {
    EXPECT_TRUE(diff({{"memo", json::object()}}, json::object()));
    EXPECT_TRUE(diff({{"timeout", "0s"}}, json::object()));
}

TEST(compare, tells_the_place_and_both_sides) {
    const auto found = diff({{"events", {{{"eventId", "1"}, {"x", "a"}}}}}, {{"events", {{{"eventId", "1"}, {"x", "b"}}}}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->where, "here.events[0].x");
    EXPECT_EQ(found->expected, "\"a\"");
    EXPECT_EQ(found->actual, "\"b\"");
}

TEST(compare, tells_the_first_event_that_is_missing_or_too_many) {
    EXPECT_EQ(diff({1, 2}, {1})->where, "here[1]");
    EXPECT_EQ(diff({1}, {1, 2})->expected, "(absent)");
}

TEST(compare, the_same_id_is_the_same_value) {
    variables names("7");
    EXPECT_FALSE(diff({{"run", "${id1}"}, {"first", "${id1}"}}, {{"run", "u-1"}, {"first", "u-1"}}, names));
    EXPECT_TRUE(diff({{"run", "${id1}"}}, {{"run", "u-2"}}, names));
}

TEST(compare, different_ids_are_different_values) {
    variables names("7");
    EXPECT_TRUE(diff({{"a", "${id1}"}, {"b", "${id2}"}}, {{"a", "u-1"}, {"b", "u-1"}}, names));
}

TEST(compare, an_id_or_token_must_be_there) {
    EXPECT_TRUE(diff({{"run", "${id1}"}}, {{"run", ""}}));
    EXPECT_TRUE(diff({{"taskToken", "${token}"}}, json::object()));
    EXPECT_FALSE(diff({{"taskToken", "${token}"}}, {{"taskToken", "AAE="}}));
}

TEST(compare, ids_and_the_number_may_stand_inside_a_text) {
    variables names("7");
    EXPECT_FALSE(diff("wf-${n} in ${id1}.", "wf-7 in u-1.", names));
    EXPECT_FALSE(diff("${id1}", "u-1", names));
    EXPECT_TRUE(diff("wf-${n}", "wf-8", names));
}

TEST(compare, an_unknown_reference_matches_nothing) { EXPECT_TRUE(diff("${mystery}", "anything")); }

TEST(compare, about_allows_a_tenth_of_a_second) {
    EXPECT_FALSE(diff("about 1.0s", "0.957s"));
    EXPECT_TRUE(diff("about 1.0s", "0.300s"));
    EXPECT_TRUE(diff("1s", "0.957s"));
}

TEST(compare, the_servers_own_words_are_not_compared) {
    EXPECT_FALSE(diff({{"message", "UnhandledCommand"}, {"serverFailureInfo", json::object()}},
                      {{"message", "there are unread events"}, {"serverFailureInfo", json::object()}}));
    EXPECT_TRUE(diff({{"message", "boom"}, {"source", "x"}}, {{"message", "bang"}, {"source", "x"}}));
}

TEST(compare, a_uuid_within_a_payload_is_any_uuid) {
    const auto data = [](const char* text) { return json(to_base64(text)); };
    const char* recorded = "\"terminated by 01a1fd79-9623-7cf0-9a49-dd821b761d39\"";
    EXPECT_FALSE(diff(data(recorded), data("\"terminated by 454e7c27-5b2f-4346-ad07-25eade4a87f4\"")));
    EXPECT_TRUE(diff(data(recorded), data("\"ended by 454e7c27-5b2f-4346-ad07-25eade4a87f4\"")));
    EXPECT_TRUE(diff(data("\"x\""), data("\"y\"")));
}

TEST(compare, goes_on_past_a_tolerated_difference) {
    variables names("7");
    const auto found = first_difference({{"a", 1}, {"b", 2}}, {{"a", 2}, {"b", 3}}, "here", names,
                                        [](const difference& seen) { return seen.where == "here.a"; });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->where, "here.b");
}

TEST(left_out, clears_times_and_sizes_but_no_keys_of_maps) {
    pb::history::HistoryEvent event;
    event.set_event_id(3);
    event.set_task_id(99);
    event.set_version(5);
    event.mutable_event_time()->set_seconds(1);
    auto& started = *event.mutable_workflow_execution_started_event_attributes();
    (*started.mutable_memo()->mutable_fields())["version"].set_data("1");
    started.mutable_workflow_execution_expiration_time()->set_seconds(2);
    const json shown = to_json(event);
    EXPECT_EQ(
        shown,
        json::parse(
            R"({"eventId":"3","workflowExecutionStartedEventAttributes":{"memo":{"fields":{"version":{"data":"MQ=="}}}}})"));
}

TEST(left_out, a_message_that_becomes_empty_stays_set) {
    pb::service::DescribeWorkflowExecutionResponse response;
    response.mutable_workflow_extended_info()->mutable_run_expiration_time()->set_seconds(1);
    EXPECT_EQ(to_json(response), json::parse(R"({"workflowExtendedInfo":{}})"));
}

TEST(known_differences, patterns_take_any_text_for_a_star) {
    EXPECT_TRUE(matches_pattern("*b*d", "abcd"));
    EXPECT_TRUE(matches_pattern("*", ""));
    EXPECT_FALSE(matches_pattern("a*c", "abd"));
}

TEST(known_differences, explain_only_what_all_patterns_fit) {
    const known_differences known({{.file = "x.json", .where = "*.a", .actual = "\"1\"", .why = "because"}});
    EXPECT_NE(known.explain({"here.a", "", "\"1\""}, {"x.json", "", 0}), nullptr);
    EXPECT_EQ(known.explain({"here.a", "", "\"2\""}, {"x.json", "", 0}), nullptr);
    EXPECT_EQ(known.explain({"here.a", "", "\"1\""}, {"y.json", "", 0}), nullptr);
}

TEST(known_differences, can_be_bound_to_a_request_over_a_size) {
    const known_differences known({{.after_request_over_bytes = 10, .why = "limits"}});
    EXPECT_EQ(known.explain({}, {"x.json", "", 10}), nullptr);
    EXPECT_NE(known.explain({}, {"x.json", "", 11}), nullptr);
}

}  // namespace
}  // namespace perdure::conformance
