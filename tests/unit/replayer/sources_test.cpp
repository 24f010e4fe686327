// Events one by one: the same from JSON as from bytes, whole and as far as a replay uses them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <perdure/replayer.hpp>
#include <sstream>

#include "api/json.hpp"
#include "sdk/replayer/event_source.hpp"

namespace {

using namespace perdure;
using detail::event_parts;

std::vector<std::string> recorded() {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(PERDURE_SOURCE_DIR "/tests/data/histories")) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream in(entry.path());
        std::ostringstream text;
        text << in.rdbuf();
        texts.push_back(text.str());
    }
    return texts;
}

/// Printed, so that differences can be read.
std::string all_of(detail::event_source& source) {
    pb::history::History read;
    while (source.next(*read.add_events())) continue;
    read.mutable_events()->RemoveLast();
    return print_history(read).value();
}

TEST(EventSources, JsonGivesWhatBytesGive) {
    for (const std::string& text : recorded()) {
        const auto whole = parse_history(text);
        ASSERT_TRUE(whole) << whole.error().message;
        const std::string bytes = whole->SerializeAsString();
        EXPECT_EQ(all_of(*detail::json_events(text, "a")), print_history(*whole).value());
        for (const event_parts parts : {event_parts::all, event_parts::replayed}) {
            EXPECT_EQ(all_of(*detail::json_events(text, "a", parts)), all_of(*detail::binary_events(bytes, "a", parts)));
        }
    }
}

TEST(EventSources, AnUnusualEventStandsAmongUsualOnes) {
    const std::string text =
        R"([{"eventId": 1, "eventType": "TimerStarted"}, {"eventId": 2.0, "ofTheFuture": 1e3, "eventType": "TimerStarted"}, )"
        R"({"event\u0049d": "3", "eventType": "timer-fired"}, {"eventId": "4", "eventType": "TimerStarted"}])";
    const auto source = detail::json_events(text, "a");
    for (int id = 1; id <= 4; ++id) {
        pb::history::HistoryEvent event;
        ASSERT_TRUE(source->next(event));
        EXPECT_EQ(event.event_id(), id);
        EXPECT_EQ(event.event_type() == pb::enums::EVENT_TYPE_TIMER_FIRED, id == 3);
    }
    pb::history::HistoryEvent none;
    EXPECT_FALSE(source->next(none));
    EXPECT_EQ(source->position(), text.size());
}

TEST(EventSources, TextThatIsCutOffAnywhereIsRefused) {
    const std::string text = R"({"events": [{"eventId": "1", "userMetadata": {"summary": {"data": "YQ=="}}}, {"eventId": "2"}]})";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_THROW(static_cast<void>(all_of(*detail::json_events({cut.data(), cut.size()}, "a"))), history_error) << size;
    }
}

TEST(EventSources, ARefusalNamesTheLineAndTheField) {
    const std::string text = "[\n {\"eventId\": 1, \"eventType\": 1},\n {\"eventId\": \"two\"}\n]";
    const auto source = detail::json_events(text, "a.json");
    pb::history::HistoryEvent event;
    ASSERT_TRUE(source->next(event));
    try {
        static_cast<void>(source->next(event));
        FAIL() << "it was read";
    } catch (const history_error& e) {
        EXPECT_STREQ(e.what(),
                     "a.json, line 3 (byte 37): event 2: field \"eventId\" must be an integer, but is the text \"two\"");
    }
}

}  // namespace
