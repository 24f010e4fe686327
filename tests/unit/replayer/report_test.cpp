#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/replayer/till.hpp"

namespace perdure::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Reports, TheCodeThatRecordedAHistoryFits) {
    const auto report = replay_till("first", {.level = perdure::replay_level::state});
    EXPECT_TRUE(report.ok()) << report;
    EXPECT_TRUE(report.warnings().empty()) << report;
    EXPECT_THAT(report.text(), StartsWith("till.pb: ok, "));
}

TEST(Reports, AnotherCallShowsBothLinesTheSequencesAndTheStack) {
    const auto report = replay_till("other call");
    ASSERT_EQ(report.verdict(), perdure::replay_verdict::differs) << report;
    EXPECT_EQ(report.number(), "PD-1001");
    EXPECT_EQ(report.found()->expected, "call of activity work (id 2)");
    EXPECT_EQ(report.found()->produced, "call of activity rest (id 2)");
    EXPECT_THAT(report.found()->expected_site, HasSubstr("replayer/till.cpp:"));
    EXPECT_THAT(report.found()->produced_site, HasSubstr("in take"));
    EXPECT_THAT(report.found()->stack, HasSubstr("at take"));
    EXPECT_THAT(report.found()->stack, HasSubstr("at run")) << "the coroutine that awaits the one at fault";
    EXPECT_THAT(report.text(), HasSubstr("Commands (- recorded, + produced):"));
}

TEST(Reports, OtherArgumentsAreTheMatterOfLevelOne) {
    const auto strict = replay_till("other input");
    ASSERT_EQ(strict.number(), "PD-1005") << strict;
    ASSERT_EQ(strict.found()->fields.size(), 1U);
    EXPECT_EQ(strict.found()->fields[0].name, "input");
    EXPECT_EQ(strict.found()->fields[0].recorded, "2");
    EXPECT_EQ(strict.found()->fields[0].produced, "7");

    const auto lenient = replay_till("other input", {.level = perdure::replay_level::commands});
    EXPECT_TRUE(lenient.ok()) << lenient;
    ASSERT_EQ(lenient.warnings().size(), 1U) << "never silently ignored";
    EXPECT_THAT(lenient.text(), HasSubstr("warning: at event"));
}

TEST(Reports, OtherDurationsAreTheMatterOfLevelOne) {
    const auto report = replay_till("longer sleep");
    ASSERT_EQ(report.number(), "PD-1006") << report;
    EXPECT_THAT(report.message(), HasSubstr("duration was PT1H and is PT2H"));
}

TEST(Reports, AnotherResultIsAnotherEnd) {
    EXPECT_EQ(replay_till("other result").number(), "PD-1005");
    const auto report = replay_till("one more call");
    ASSERT_EQ(report.verdict(), perdure::replay_verdict::differs) << report;
    EXPECT_EQ(report.number(), "PD-1004") << "the run had ended here";
}

TEST(Reports, OtherStateIsTheMatterOfLevelTwo) {
    const auto strict = replay_till("other state", {.level = perdure::replay_level::state});
    ASSERT_EQ(strict.number(), "PD-1007") << strict;
    EXPECT_THAT(strict.text(), HasSubstr("\"total_\":101"));

    const auto of_type = replay_till("other state", {.level_of = {{"till", perdure::replay_level::state}}});
    EXPECT_EQ(of_type.number(), "PD-1007") << "the level of the type goes before that of the replayer";
    EXPECT_TRUE(replay_till("other state").ok());
}

TEST(Reports, AnExceptionOfTheCodeIsNoMismatch) {
    const auto report = replay_till("throws");
    ASSERT_EQ(report.verdict(), perdure::replay_verdict::failed) << report;
    EXPECT_EQ(report.number(), "PD-1010");
    EXPECT_THAT(report.message(), HasSubstr("a mistake"));
}

TEST(Reports, AnUnknownTypeIsToldWithTheNearestName) {
    auto events = recorded_till();
    events.mutable_events(0)->mutable_workflow_execution_started_event_attributes()->mutable_workflow_type()->set_name("tills");
    perdure::replayer replayer;
    replayer.add_workflow<Till>();
    const auto report = replayer.replay(as_history(events));
    EXPECT_EQ(report.verdict(), perdure::replay_verdict::unknown_type);
    EXPECT_THAT(report.message(), HasSubstr("did you mean \"till\"?"));
}

TEST(Reports, APayloadThatDoesNotDecodeIsToldWithBothTypes) {
    auto events = recorded_till();
    for (auto& event : *events.mutable_events()) {
        if (event.event_type() != pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED) continue;
        event.mutable_activity_task_completed_event_attributes()->mutable_result()->mutable_payloads(0)->set_data("\"text\"");
        break;
    }
    perdure::replayer replayer;
    replayer.add_workflow<Till>();
    const auto report = replayer.replay(as_history(events));
    EXPECT_EQ(report.verdict(), perdure::replay_verdict::undecodable) << report;
    EXPECT_EQ(report.number(), "PD-1012");
    EXPECT_THAT(report.message(), HasSubstr("text"));
}

TEST(Reports, AnOpenRunIsComparedToItsLastCommand) {
    auto events = recorded_till();
    // Up to the commands of the first task: the activity is under way.
    while (events.events_size() > 5) events.mutable_events()->RemoveLast();
    perdure::replayer replayer;
    replayer.add_workflow<Till>();
    EXPECT_TRUE(replayer.replay(as_history(events)).ok());

    auto inside = events;
    while (inside.events_size() > 3) inside.mutable_events()->RemoveLast();
    EXPECT_EQ(replayer.replay(as_history(inside)).ends_inside(), 3);
    EXPECT_THAT(replayer.replay(as_history(inside)).text(), HasSubstr("ends inside of a workflow task, with event 3"));

    events.mutable_events()->RemoveLast();
    const auto cut_off = replayer.replay(as_history(events));
    EXPECT_EQ(cut_off.number(), "PD-1002") << cut_off;
    EXPECT_THAT(cut_off.message(), HasSubstr("a file that was cut off looks the same"));
}

TEST(Reports, JsonHasAllOfIt) {
    const auto report = replay_till("other input");
    EXPECT_THAT(report.json(), StartsWith(R"({"history":"till.pb","verdict":"differs",)"));
    EXPECT_THAT(report.json(), HasSubstr(R"("fields":[{"name":"input","recorded":"2","produced":"7"}])"));
}

}  // namespace
}  // namespace perdure::test
