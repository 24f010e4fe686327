// One event of each type of the contract, with a value in every field: it survives exports, it prints, and a replay of a run
// with it says what it comes to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "api/json.hpp"
#include "api/proto_bytes.hpp"
#include "cli/render/history_lines.hpp"
#include "sdk/replay/history_words.hpp"
#include "sdk/replay/wording.hpp"
#include "tests/unit/histories/event_maker.hpp"
#include "tests/unit/histories/probe.hpp"

namespace perdure {
namespace {

using namespace pb::enums;
using testing::HasSubstr;

// What this SDK does not support yet; a type that it learns leaves the list.
const std::set<EventType> unsupported{
    EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
    EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
    EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
    EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
    EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
    EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
    EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_REJECTED,
    EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
    EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
    EVENT_TYPE_NEXUS_OPERATION_SCHEDULED,
    EVENT_TYPE_NEXUS_OPERATION_STARTED,
    EVENT_TYPE_NEXUS_OPERATION_COMPLETED,
    EVENT_TYPE_NEXUS_OPERATION_FAILED,
    EVENT_TYPE_NEXUS_OPERATION_CANCELED,
    EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT,
    EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED,
    EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED,
    EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED,
};

class EveryEvent : public testing::TestWithParam<EventType> {};

TEST_P(EveryEvent, SurvivesExportsInBothForms) {
    const auto event = filled_event(GetParam());
    ASSERT_EQ(event.event_type(), GetParam()) << "the contract has no attributes for this type";
    const auto events = history_around(event);
    const std::string bytes = deterministic_bytes(events);
    const std::string text = *print_history(events);
    EXPECT_EQ(history::from_json(text).to_json(), text);
    EXPECT_EQ(history::from_binary(bytes).to_binary(), bytes);
    EXPECT_EQ(history::from_json(text).to_binary(), bytes) << "JSON lost something";
    EXPECT_EQ(history::from_binary(bytes).to_json(), text);
}

TEST_P(EveryEvent, Prints) {
    const auto events = history_around(filled_event(GetParam()));
    for (const bool detailed : {false, true}) {
        cli::history_reader reader({.colour = false, .detailed = detailed});
        for (const auto& event : events.events()) EXPECT_FALSE(reader.print(event).empty());
    }
    EXPECT_THAT(detail::history_lines(events), HasSubstr("5 " + detail::event_type_text(GetParam())));
}

TEST_P(EveryEvent, IsReplayedOrRefusedByName) {
    for (const bool more : {true, false}) {
        const replay_report report = replay_probe(history_around(filled_event(GetParam()), more));
        const std::string sentence = detail::event_type_text(GetParam()) + ": this version of the SDK does not support";
        if (unsupported.contains(GetParam())) {
            EXPECT_EQ(report.verdict(), replay_verdict::refused) << report;
            EXPECT_EQ(report.number(), "PD-1009") << report;
            EXPECT_THAT(report.message(), HasSubstr("event 5, " + sentence));
        } else {
            EXPECT_THAT(report.message(), testing::Not(HasSubstr(sentence)));
            EXPECT_EQ(report.ok(), report.message().empty());
        }
        EXPECT_FALSE(report.text().empty());
        EXPECT_FALSE(report.json().empty());
    }
}

TEST_P(EveryEvent, IsPassedOverWhenWorkersMayIgnoreIt) {
    if (!unsupported.contains(GetParam())) return;
    auto event = filled_event(GetParam());
    event.set_worker_may_ignore(true);
    for (const bool more : {true, false}) EXPECT_TRUE(replay_probe(history_around(event, more)).ok());
}

INSTANTIATE_TEST_SUITE_P(OfTheContract, EveryEvent, testing::ValuesIn(event_types()),
                         [](const auto& tested) { return detail::event_type_text(tested.param); });

TEST(EventTypes, AreSixty) { EXPECT_EQ(event_types().size(), 60U); }

}  // namespace
}  // namespace perdure
