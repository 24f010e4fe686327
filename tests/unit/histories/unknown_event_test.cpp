// Events of types that the contract does not know, as newer servers write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api/json.hpp"
#include "sdk/replayer/file_replay.hpp"
#include "tests/unit/histories/event_maker.hpp"
#include "tests/unit/histories/probe.hpp"

namespace perdure {
namespace {

using testing::AllOf;
using testing::HasSubstr;

pb::history::HistoryEvent unknown_event(bool may_ignore) {
    pb::history::HistoryEvent event;
    event.set_event_type(static_cast<pb::enums::EventType>(4711));
    event.set_worker_may_ignore(may_ignore);
    return event;
}

std::string with_name(bool may_ignore) {
    std::string text = *print_history(history_around(unknown_event(may_ignore)));
    const std::string number = "4711";
    text.replace(text.find(number), number.size(), "\"EVENT_TYPE_TELEPATHY\"");
    return text;
}

replay_report replay_json(const std::string& text) {
    replayer replaying;
    replaying.add_workflow<ProbeWorkflow>();
    return replaying.replay(history::from_json(text, "probe.json"));
}

TEST(UnknownEvent, IsRefusedByItsNumber) {
    for (const bool more : {true, false}) {
        const auto report = replay_probe(history_around(unknown_event(false), more));
        EXPECT_EQ(report.verdict(), replay_verdict::refused);
        EXPECT_EQ(report.number(), "PD-1009");
        EXPECT_THAT(report.message(), AllOf(HasSubstr("event 5, event type 4711"), HasSubstr("does not know")));
    }
}

TEST(UnknownEvent, IsPassedOverWhenWorkersMayIgnoreIt) {
    for (const bool more : {true, false}) {
        const auto events = history_around(unknown_event(true), more);
        EXPECT_TRUE(replay_probe(events).ok());
        EXPECT_TRUE(replay_json(*print_history(events)).ok());
    }
}

// Files are read with less of each event.
TEST(UnknownEvent, IsPassedOverInFilesToo) {
    detail::registrations registered;
    registered.add_workflow<ProbeWorkflow>();
    const auto types = registered.workflows();
    for (const bool may_ignore : {true, false}) {
        const auto file = std::filesystem::path(testing::TempDir()) / ("unknown-" + std::to_string(::getpid()) + ".pb");
        std::ofstream(file, std::ios::binary) << history_around(unknown_event(may_ignore)).SerializeAsString();
        const auto report = detail::replay_file(file, {.types = {types.get()}, .level = replay_level::commands});
        EXPECT_EQ(report.ok(), may_ignore) << report;
        EXPECT_EQ(report.number(), may_ignore ? "" : "PD-1009");
        std::filesystem::remove(file);
    }
}

TEST(UnknownEvent, KeepsItsNumberInExports) {
    const std::string text = *print_history(history_around(unknown_event(true)));
    EXPECT_EQ(history::from_json(text).to_json(), text);
    EXPECT_THAT(text, HasSubstr("\"eventType\": 4711"));
}

TEST(UnknownEvent, ANameIsPassedOverWhenWorkersMayIgnoreIt) { EXPECT_TRUE(replay_json(with_name(true)).ok()); }

TEST(UnknownEvent, ANameIsRefusedWithLineAndEvent) {
    try {
        static_cast<void>(history::from_json(with_name(false), "probe.json"));
        FAIL();
    } catch (const history_error& refused) {
        EXPECT_EQ(refused.kind(), history_trouble::malformed);
        EXPECT_THAT(refused.what(), AllOf(HasSubstr("probe.json, line "), HasSubstr("event 5: its eventType"),
                                          HasSubstr("EVENT_TYPE_TELEPATHY"), HasSubstr("newer version")));
    }
    EXPECT_THROW(static_cast<void>(history::from_json(R"([{"eventId":1}])")), history_error);
}

}  // namespace
}  // namespace perdure
