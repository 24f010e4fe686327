#include "sdk/replay/turns.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perdure::detail {
namespace {

// One letter an event: W start of the workflow, s task scheduled, S task started, C completed, F failed, T timed out, a activity
// scheduled, d activity done, g signal, E the run ended.
event_list events_of(const std::string& letters) {
    event_list events;
    for (const char letter : letters) {
        auto& event = *events.Add();
        event.set_event_id(events.size());
        switch (letter) {
            case 'W':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
                break;
            case 's':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
                break;
            case 'S':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
                break;
            case 'C':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
                break;
            case 'F':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
                break;
            case 'T':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT);
                break;
            case 'a':
                event.set_event_type(pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
                break;
            case 'd':
                event.set_event_type(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
                break;
            case 'g':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
                break;
            case 'E':
                event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
                break;
            default:
                ADD_FAILURE() << letter;
        }
    }
    return events;
}

// The cut as text: each turn's events, a bang for the live one, then the rest.
std::string cut(const std::string& letters, bool live = true) {
    const auto events = events_of(letters);
    const turn_list list = cut_into_turns(events, 0, live);
    std::string text;
    for (const turn& at : list.turns) {
        text += letters.substr(static_cast<std::size_t>(at.begin), static_cast<std::size_t>(at.end - at.begin));
        text += at.completed ? "|" : "!";
    }
    return text + letters.substr(static_cast<std::size_t>(list.rest));
}

TEST(Turns, EndAtCompletedTasksAndAtTheLiveOne) {
    EXPECT_EQ(cut("WsS"), "WsS!");
    EXPECT_EQ(cut("WsSCa"), "WsS|Ca");
    EXPECT_EQ(cut("WsSCadsS"), "WsS|CadsS!");
    EXPECT_EQ(cut("WsSCadsSCE"), "WsS|CadsS|CE");
}

TEST(Turns, FailedAndTimedOutTasksAreNoCut) {
    EXPECT_EQ(cut("WsSFsTgsS"), "WsSFsTgsS!");
    EXPECT_EQ(cut("WsSFsSCa"), "WsSFsS|Ca");
}

TEST(Turns, AQueryDoesNoTask) { EXPECT_EQ(cut("WsSCagsS", false), "WsS|CagsS"); }

TEST(Turns, WhatACompletedTaskMadeReachesToTheNextTask) {
    const auto events = events_of("WsSCaadsS");
    const turn_list list = cut_into_turns(events, 0, true);
    ASSERT_EQ(list.turns.size(), 2U);
    EXPECT_EQ(list.turns[0].end, 3);
    EXPECT_EQ(list.turns[0].made_end, 7);
}

}  // namespace
}  // namespace perdure::detail
