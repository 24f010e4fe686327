#include "tests/conformance/player.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

namespace perdure::conformance {
namespace {

/// Answers from a prepared list, so that the player's own rules can be seen.
class scripted_driver final : public driver {
  public:
    std::deque<std::optional<answer>> answers;
    std::vector<std::pair<std::string, json>> asked;

    [[nodiscard]] bool supports(const std::string& op) const override { return op != "UpdateWorkflowExecution"; }

    [[nodiscard]] std::shared_ptr<pending_call> begin(const std::string& op, const json& request) override {
        asked.emplace_back(op, request);
        auto call = std::make_shared<pending_call>();
        if (!answers.empty()) {
            call->answered = answers.front();
            answers.pop_front();
        }
        return call;
    }
    bool wait(pending_call& call) override { return call.answered.has_value(); }
    void sleep(std::chrono::milliseconds) override {}
};

transcript script(const char* steps) {
    auto parsed = parse_transcript(json::parse(std::string(R"({"name":"x","steps":)") + steps + R"(,"history":[]})"));
    EXPECT_TRUE(parsed);
    return *parsed;
}

outcome played(const transcript& what, scripted_driver& target, const known_differences& known = {}) {
    return play(what, "x.json", target, "7", known);
}

TEST(player, saves_values_of_an_answer_for_later_requests) {
    scripted_driver target;
    target.answers = {answer(json{{"tasks", {{{"token", "dG9r"}}}}}), answer(json::object())};
    const auto what = script(R"([{"op":"A","request":{"id":"wf-${n}"},"save":{"t":"tasks.0.token"},
                                  "response":{"tasks":[{"token":"${token}"}]}},
                                 {"op":"B","request":{"token":"${t}"},"response":{}}])");
    EXPECT_EQ(played(what, target).kind, verdict::same);
    EXPECT_EQ(target.asked[0].second["id"], "wf-7");
    EXPECT_EQ(target.asked[1].second["token"], "dG9r");
}

TEST(player, compares_the_code_of_a_refusal_and_not_its_words) {
    const auto what = script(R"([{"op":"A","request":{},"error":{"code":"NotFound","message":"theirs"}}])");
    scripted_driver target;
    target.answers = {answer(service_failure{status_code::not_found, "ours"})};
    EXPECT_EQ(played(what, target).kind, verdict::same);
    target.answers = {answer(service_failure{status_code::internal, "ours"})};
    EXPECT_EQ(played(what, target).kind, verdict::differs);
    target.answers = {answer(json::object())};
    EXPECT_EQ(played(what, target).found.where, "steps[0] A.error");
}

TEST(player, takes_the_answer_of_an_async_step_at_its_join) {
    const auto what = script(R"([{"op":"A","request":{},"async":"p","response":{"x":1}},
                                 {"op":"B","request":{},"response":{}}, {"op":"Join","async":"p"}])");
    scripted_driver target;
    target.answers = {answer(json{{"x", 2}}), answer(json::object())};
    EXPECT_EQ(played(what, target).found.where, "steps[0] A.x");
    EXPECT_EQ(target.asked.size(), 2u);
}

TEST(player, a_request_that_is_never_answered_is_a_difference) {
    scripted_driver target;
    EXPECT_EQ(played(script(R"([{"op":"A","request":{},"response":{}}])"), target).kind, verdict::differs);
}

TEST(player, names_what_is_not_supported_and_sends_nothing) {
    scripted_driver target;
    const auto what = script(R"([{"op":"A","request":{},"response":{}},{"op":"UpdateWorkflowExecution","request":{}}])");
    const auto result = played(what, target);
    EXPECT_EQ(result.kind, verdict::not_supported);
    EXPECT_EQ(result.why, "UpdateWorkflowExecution");
    EXPECT_TRUE(target.asked.empty());
}

TEST(player, stops_at_a_difference_on_purpose_that_parts_the_scripts) {
    scripted_driver target;
    target.answers = {answer(json{{"x", 2}})};
    const known_differences known({{.where = "steps[0] A.x", .stop = true, .why = "we do better"}});
    const auto what = script(R"([{"op":"A","request":{},"response":{"x":1}},{"op":"B","request":{},"response":{}}])");
    const auto result = played(what, target, known);
    EXPECT_EQ(result.kind, verdict::differs_on_purpose);
    EXPECT_EQ(result.why, "we do better");
    EXPECT_EQ(target.asked.size(), 1u);
}

TEST(player, compares_the_runs_of_a_workflow_oldest_first) {
    auto parsed = parse_transcript(json::parse(R"({"name":"x","steps":[],"history":[
        {"workflowId":"wf-${n}","events":[{"eventId":"1","runId":"${id1}"}]},
        {"workflowId":"wf-${n}","events":[{"eventId":"1","runId":"${id2}"}]}]})"));
    ASSERT_TRUE(parsed);
    const json listed = json::parse(R"({"executions":[{"execution":{"runId":"b"}},{"execution":{"runId":"a"}}]})");
    const auto page = [](const char* id) { return answer(json{{"history", {{"events", {{{"eventId", "1"}, {"runId", id}}}}}}}); };
    scripted_driver target;
    target.answers = {answer(listed), page("b"), page("a")};
    EXPECT_EQ(played(*parsed, target).kind, verdict::same);
    EXPECT_EQ(target.asked[1].second["execution"]["runId"], "b");
    target.answers = {answer(listed), page("b"), page("b")};
    EXPECT_EQ(played(*parsed, target).kind, verdict::differs);
}

TEST(player, a_run_whose_id_was_reused_is_no_part_of_the_newest_chain) {
    auto parsed = parse_transcript(json::parse(R"({"name":"x","steps":[],"history":[
        {"workflowId":"wf","events":[{"eventId":"1","runId":"c"}]}]})"));
    ASSERT_TRUE(parsed);
    const json listed = json::parse(R"({"executions":[{"execution":{"runId":"c"}},{"execution":{"runId":"a"}}]})");
    scripted_driver target;
    target.answers = {answer(listed), answer(json::parse(R"({"history":{"events":[{"eventId":"1","runId":"c"}]}})"))};
    EXPECT_EQ(played(*parsed, target).kind, verdict::same);
}

TEST(transcript, a_missing_member_is_told) {
    const auto parsed = parse_transcript(json::parse(R"({"name":"x","steps":[{"request":{}}]})"));
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().message.find("op"), std::string::npos);
}

}  // namespace
}  // namespace perdure::conformance
