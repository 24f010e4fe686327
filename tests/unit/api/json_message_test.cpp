// The quick reader against the thorough one: over every JSON file of the tests, over changes of them, and cut off anywhere.

#include <gtest/gtest.h>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/proto_log.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/same_reading.hpp"

namespace {

namespace fs = std::filesystem;
namespace pb = perdure::pb;
using google::protobuf::Message;
using nlohmann::json;
using perdure::fuzz::read_the_same_always;

std::vector<std::string> contents(const std::string& folder) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(PERDURE_SOURCE_DIR) / folder)) {
        if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> found;
    for (const fs::path& path : paths) {
        std::ifstream in(path);
        std::ostringstream text;
        text << in.rdbuf();
        found.push_back(text.str());
    }
    return found;
}

/// Every event that stands anywhere in the JSON, indented and compact.
void collect_events(const json& value, std::vector<std::string>& into) {
    if (value.is_object() && value.contains("eventType")) {
        into.push_back(value.dump(2));
        into.push_back(value.dump());
    }
    if (value.is_structured()) {
        for (const json& item : value) collect_events(item, into);
    }
}

std::vector<std::string> events_of(const std::string& folder) {
    std::vector<std::string> events;
    for (const std::string& text : contents(folder)) collect_events(json::parse(text), events);
    return events;
}

const Message* message_type(const std::string& name) {
    const auto* type =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("temporal.api.workflowservice.v1." + name);
    return type == nullptr ? nullptr : google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
}

TEST(JsonMessage, ReadsEveryRecordedHistory) {
    for (const std::string& text : contents("tests/data/histories")) {
        EXPECT_TRUE(read_the_same_always(text, pb::history::History::default_instance())) << text.substr(0, 400);
    }
    for (const std::string& text : events_of("tests/data/histories")) {
        EXPECT_TRUE(read_the_same_always(text, pb::history::HistoryEvent::default_instance())) << text;
    }
}

TEST(JsonMessage, AgreesOnEveryMessageOfTheTranscripts) {
    int read = 0;
    for (const std::string& text : contents("tests/conformance/transcripts")) {
        const json transcript = json::parse(text);
        for (const json& step : transcript.value("steps", json::array())) {
            for (const std::string part : {"request", "response"}) {
                if (!step.contains("op") || !step.contains(part)) continue;
                const std::string kind = part == "request" ? "Request" : "Response";
                const Message* type = message_type(step["op"].get<std::string>() + kind);
                if (type != nullptr) read += read_the_same_always(step[part].dump(1), *type) ? 1 : 0;
            }
        }
    }
    EXPECT_GT(read, 100);
    for (const std::string& event : events_of("tests/conformance/transcripts")) {
        (void)read_the_same_always(event, pb::history::HistoryEvent::default_instance());
    }
}

TEST(JsonMessage, AgreesOnRandomChanges) {
    perdure::silence_protobuf_log();
    const std::vector<std::string> seeds = events_of("tests/data/histories");
    constexpr int rounds = 20'000;
    constexpr std::size_t max_size = 4000;
    perdure::fuzz::mutator mutate(20260131);
    int read = 0;
    for (int i = 0; i < rounds; ++i) {
        read += read_the_same_always(mutate.next(seeds, max_size), pb::history::HistoryEvent::default_instance()) ? 1 : 0;
    }
    EXPECT_GT(read, rounds / 50);  // or the changes break everything, and prove nothing
}

/// An event whose member has the value; every kind of field is there once.
std::vector<std::string> events_with(const std::string& value) {
    const std::string scheduled = "{\"activityTaskScheduledEventAttributes\": {";
    return {"{\"eventTime\": " + value + "}",
            "{\"eventId\":" + value + "}",
            "{\"eventType\": " + value + "}",
            "{\"workerMayIgnore\": " + value + "}",
            "{\"not_known\": " + value + "}",
            "{\"not_known\": [{\"a\": " + value + "}, [" + value + "]]}",
            "{" + value + ": 1}",
            scheduled + "\"startToCloseTimeout\": " + value + "}}",
            scheduled + "\"activityId\": " + value + "}}",
            scheduled + "\"input\": {\"payloads\": " + value + "}}}",
            scheduled + "\"input\": {\"payloads\": [" + value + "]}}}",
            scheduled + "\"input\": {\"payloads\": [{\"metadata\": {\"encoding\": \"\"}, \"data\": " + value + "}]}}}",
            scheduled + "\"input\": {\"payloads\": [{\"metadata\": {\"encoding\": " + value + "}}]}}}",
            scheduled + "\"input\": {\"payloads\": [{\"metadata\": {" + value + ": \"\"}}]}}}",
            scheduled + "\"header\": {\"fields\": {\"a\": " + value + "}}}}",
            scheduled + "\"retryPolicy\": {\"backoffCoefficient\": " + value + "}}}",
            scheduled + "\"retryPolicy\": {\"maximumAttempts\": " + value + "}}}",
            scheduled + "\"retryPolicy\": {\"nonRetryableErrorTypes\": [" + value + "]}}}"};
}

TEST(JsonMessage, AgreesOnUnusualValues) {
    const std::vector<std::string> texts{"",
                                         " ",
                                         "a",
                                         "ab",
                                         "abc",
                                         "abcd",
                                         "ab==",
                                         "ab=",
                                         "abc=",
                                         "a===",
                                         "====",
                                         "=",
                                         "ab=c",
                                         "ab-_",
                                         "ab+/",
                                         "ab\\/+",
                                         "a b",
                                         "\xC3\xA9",
                                         "\xC3",
                                         "\xE2\x82\xAC",
                                         "\xED\xA0\x80",
                                         "\xF0\x9F\x98\x80",
                                         "\xF4\x90\x80\x80",
                                         "\xC0\x80",
                                         "\xE0\x80\x80",
                                         "\xFF",
                                         "12345678\xC3\xA9",
                                         "1234567\\n",
                                         "\\u00e9",
                                         "\\ud83d\\ude00",
                                         "\\ud83d",
                                         "\\ude00",
                                         "\\ud83d\\u0041",
                                         "\\u12",
                                         "\\x",
                                         "\\u0000",
                                         "\\\"",
                                         "\\\\",
                                         "\t",
                                         "\\t\\b\\f\\r\\/",
                                         "0",
                                         "-0",
                                         "1",
                                         "+1",
                                         "01",
                                         "-1",
                                         "1.0",
                                         "1e3",
                                         "2147483647",
                                         "2147483648",
                                         "-2147483648",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "-9223372036854775808",
                                         "99999999999999999999",
                                         "NaN",
                                         "Infinity",
                                         "EVENT_TYPE_TIMER_FIRED",
                                         "TIMER_FIRED",
                                         "TimerFired",
                                         "timerFired",
                                         "FIRED",
                                         "Fired",
                                         "EventTypeTimerFired",
                                         "TypeTimerFired",
                                         "timer-fired",
                                         "event_type_timer_fired",
                                         "UNSPECIFIED",
                                         "2026-01-31T08:30:00Z",
                                         "2026-01-31T08:30:00.5Z",
                                         "2026-01-31T08:30:00.123456789Z",
                                         "2026-01-31T08:30:00.1234567891Z",
                                         "2026-01-31T08:30:00.Z",
                                         "2026-01-31T08:30:00",
                                         "2026-01-31T08:30:00+02:00",
                                         "2026-01-31T08:30:00-23:59",
                                         "2026-01-31T08:30:00+24:00",
                                         "2026-01-31T08:30:00+2:00",
                                         "2026-01-31T08:30:00.25+0200",
                                         "2026-02-29T00:00:00Z",
                                         "2024-02-29T00:00:00Z",
                                         "1900-02-29T00:00:00Z",
                                         "2000-02-29T00:00:00Z",
                                         "2026-13-01T00:00:00Z",
                                         "2026-00-01T00:00:00Z",
                                         "2026-01-00T00:00:00Z",
                                         "2026-04-31T00:00:00Z",
                                         "2026-01-31T24:00:00Z",
                                         "2026-01-31T23:60:00Z",
                                         "2026-01-31T23:59:60Z",
                                         "0001-01-01T00:00:00Z",
                                         "0001-01-01T00:00:00+00:01",
                                         "0001-01-01T00:00:00-00:01",
                                         "0000-12-31T23:59:59Z",
                                         "9999-12-31T23:59:59.999999999Z",
                                         "9999-12-31T23:59:59-00:01",
                                         "10000-01-01T00:00:00Z",
                                         "1969-12-31T23:59:59.5Z",
                                         "2026-01-31t08:30:00z",
                                         "2026-01-31 08:30:00Z",
                                         "0s",
                                         "-0s",
                                         "1s",
                                         "-1s",
                                         "1.5s",
                                         "-1.5s",
                                         "-0.5s",
                                         "1.000000001s",
                                         "1.0000000001s",
                                         "1.s",
                                         ".5s",
                                         "s",
                                         "-s",
                                         "+1s",
                                         "1",
                                         "1 s",
                                         "315576000000s",
                                         "315575999999.999999999s",
                                         "-315576000000s",
                                         "315576000000.5s",
                                         "315576000001s",
                                         "99999999999999999999s",
                                         "1.-5s",
                                         "1e3s",
                                         "0x1s"};
    std::vector<std::string> values{"null",
                                    "true",
                                    "false",
                                    "tru",
                                    "nul",
                                    "0",
                                    "-0",
                                    "00",
                                    "01",
                                    "1",
                                    "-1",
                                    "+1",
                                    "1.",
                                    ".5",
                                    "1.0",
                                    "-0.0",
                                    "2.5",
                                    "1e3",
                                    "1E-3",
                                    "1e999",
                                    "1e-999",
                                    "-",
                                    "1e",
                                    "1e+",
                                    "2147483647",
                                    "2147483648",
                                    "-2147483648",
                                    "-2147483649",
                                    "9223372036854775807",
                                    "9223372036854775808",
                                    "18446744073709551616",
                                    "123456789012345678",
                                    "12345678901234567890123",
                                    "0.1234567890123456789",
                                    "[]",
                                    "{}",
                                    "[null]",
                                    "[1,]",
                                    "{\"a\": 1,}",
                                    "[1 2]",
                                    "{\"a\"}",
                                    "NaN",
                                    "/**/ 1",
                                    "\"",
                                    "\"a",
                                    "[",
                                    "{",
                                    "",
                                    "{\"metadata\": null}",
                                    "{\"metadata\": {}}",
                                    "{\"data\": \"YQ==\"}",
                                    "{\"data\": \"YQ==\", \"data\": \"YQ==\"}",
                                    "{\"metadata\": {\"encoding\": \"YQ==\"}}",
                                    "{\"metadata\": {\"encoding\": \"YQ==\"}, \"data\": null}",
                                    "{\"metadata\": {\"encoding\": \"YQ==\"}, \"more\": 1}",
                                    "{\"metadata\": {\"encoding\": \"YQ==\", \"encoding\": \"YQ==\"}}",
                                    "[{\"metadata\": {\"encoding\": \"YQ==\"}, \"data\": \"YQ==\"}]",
                                    "{\"metadata\": {\"other\": \"YQ==\"}}",
                                    std::string(400, '9'),
                                    "1." + std::string(400, '9'),
                                    std::string(99, '[') + std::string(99, ']'),
                                    std::string(98, '[') + std::string(98, ']'),
                                    std::string(95, '[') + std::string(95, ']')};
    for (const std::string& text : texts) values.push_back('"' + text + '"');
    for (const std::string& value : values) {
        for (const std::string& event : events_with(value)) {
            (void)read_the_same_always(event, pb::history::HistoryEvent::default_instance());
        }
    }
}

TEST(JsonMessage, ReadsWhatExportersWrite) {
    const std::vector<std::string> events{
        R"({"eventTime": "2026-01-31T08:30:00.25+02:00"})",
        R"({"eventType": "TimerFired", "event_id": 7, "taskId": "-7"})",
        R"({"eventType": "TIMER_FIRED", "workerMayIgnore": true, "links": []})",
        R"({"eventType": 3, "timerFiredEventAttributes": null, "timerStartedEventAttributes": {"startToFireTimeout": "-1.5s"}})",
        R"({"activityTaskScheduledEventAttributes": {"activityId": "a\"\u00e9\ud83d\ude00", "header": {"fields": {"é": {}}}}})",
        R"({"activityTaskScheduledEventAttributes": {"retryPolicy": {"backoffCoefficient": 1.5, "nonRetryableErrorTypes": ["a", "b"]}}})",
        R"({"ofTheFuture": {"a": ["\n", -1.5, {}, [], null, false]}})"};
    for (const std::string& event : events) {
        pb::history::HistoryEvent into;
        const perdure::json_parse_options how{.payload_shorthand = false, .unknown = perdure::unknown_fields::ignore};
        EXPECT_EQ(perdure::detail::read_quickly(event, into, how), event.size()) << event;
        EXPECT_TRUE(read_the_same_always(event, into));
    }
}

TEST(JsonMessage, TextThatIsCutOffIsNeverRead) {
    const std::string text = contents("tests/data/histories").front();
    for (std::size_t size = 0; size < text.find_last_of('}'); ++size) {
        // Memory that ends where the text does, so that a reader which looks beyond is seen by the sanitizers.
        const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
        pb::history::History into;
        EXPECT_EQ(perdure::detail::read_quickly({cut.data(), cut.size()}, into, {.payload_shorthand = false}), 0U) << size;
    }
}

TEST(JsonMessage, SaysWhereTheMessageEnds) {
    const std::string text = "{\"events\": [ {} ] }";
    pb::history::History into;
    EXPECT_EQ(perdure::detail::read_quickly(text + ", 1]", into, {}), text.size());
    EXPECT_EQ(into.events_size(), 1);
    EXPECT_EQ(perdure::detail::read_quickly(" " + text, into, {}), 0U);
}

}  // namespace
