// Histories that another SDK wrote: each loads, and is exported again without a lost field.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/util/message_differencer.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/json.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using perdure::unknown_fields;

std::vector<fs::path> files() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(PERDURE_SOURCE_DIR "/tests/data/histories")) {
        if (entry.path().extension() == ".json") found.push_back(entry.path());
    }
    return found;
}

std::string content(const fs::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// proto3 does not tell an enum, number or text with its default value from an absent one.
void drop_defaults(json& value) {
    if (value.is_array()) {
        for (json& item : value) drop_defaults(item);
    }
    if (!value.is_object()) return;
    for (auto at = value.begin(); at != value.end();) {
        drop_defaults(at.value());
        const json& held = at.value();
        const bool is_default = held.is_null() || held == "" || held == false || held == 0 || held == "0" ||
                                (held.is_array() && held.empty()) ||
                                (held.is_string() && held.get<std::string>().ends_with("_UNSPECIFIED"));
        at = is_default ? value.erase(at) : std::next(at);
    }
}

class Histories : public testing::TestWithParam<fs::path> {};

TEST_P(Histories, LoadAndAreExportedWithoutALostField) {
    const std::string text = content(GetParam());
    const auto history = perdure::parse_history(text, unknown_fields::refuse);
    ASSERT_TRUE(history) << history.error().message;
    const auto printed = perdure::print_history(*history);
    ASSERT_TRUE(printed) << printed.error().message;

    json before = json::parse(text);
    json after = json::parse(*printed);
    drop_defaults(before);
    drop_defaults(after);
    EXPECT_EQ(json::diff(before, after), json::array());
}

TEST_P(Histories, AreTheSameAfterARoundTripThroughBytesAndBothFormsOfJson) {
    const auto history = perdure::parse_history(content(GetParam()), unknown_fields::refuse);
    ASSERT_TRUE(history);
    perdure::pb::history::History from_bytes;
    ASSERT_TRUE(from_bytes.ParseFromString(history->SerializeAsString()));
    for (const bool shorthand : {false, true}) {
        for (const auto style : {perdure::json_style::compact, perdure::json_style::pretty}) {
            const auto printed = perdure::print_message(from_bytes, {.payload_shorthand = shorthand, .style = style});
            ASSERT_TRUE(printed) << printed.error().message;
            perdure::pb::history::History again;
            const auto parsed = perdure::parse_message(*printed, again, {.payload_shorthand = shorthand});
            ASSERT_TRUE(parsed) << parsed.error().message;
            std::string difference;
            google::protobuf::util::MessageDifferencer differencer;
            differencer.ReportDifferencesToString(&difference);
            EXPECT_TRUE(differencer.Compare(*history, again)) << difference;
        }
    }
}

TEST_P(Histories, LoadAsABareListToo) {
    const auto wrapped = perdure::parse_history(content(GetParam()));
    const auto bare = perdure::parse_history(json::parse(content(GetParam()))["events"].dump());
    ASSERT_TRUE(wrapped);
    ASSERT_TRUE(bare);
    EXPECT_EQ(wrapped->events_size(), bare->events_size());
}

INSTANTIATE_TEST_SUITE_P(OfAnotherSdk, Histories, testing::ValuesIn(files()),
                         [](const auto& tested) { return tested.param.stem().string(); });

TEST(History, AGapBetweenEventsIsNamed) {
    const auto history = perdure::parse_history(R"({"events":[{"eventId":"1"},{"eventId":"3"}]})");
    ASSERT_FALSE(history);
    EXPECT_THAT(history.error().message, testing::HasSubstr("\"events[1].eventId\" must be 2, but is 3"));
}

TEST(History, WithoutEventsItIsRefused) {
    for (const std::string_view text : {"[]", "{}", R"({"events":[]})", "null", "7", ""}) {
        EXPECT_FALSE(perdure::parse_history(text)) << text;
    }
}

}  // namespace
