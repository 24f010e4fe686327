#include "api/json_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/json_writer.hpp"
#include "api/payload_error.hpp"

namespace {

using perdure::json_value;
using perdure::parse_json;
using testing::HasSubstr;

std::string error_of(std::string_view text) {
    const auto parsed = parse_json(text);
    return parsed ? "none" : parsed.error().message;
}

TEST(JsonValue, EveryKindIsReadAndWritten) {
    for (const std::string_view text :
         {"null", "true", "false", "0", "-1", "18446744073709551615", "-9223372036854775808", "1.5", "\"\"", "\"\xC3\xA9\"", "[]",
          "{}", R"([1,"a",null,{"b":[true]}])", R"({"z":1,"a":{"y":[]}})"}) {
        const auto value = parse_json(text);
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(perdure::write_json(*value), text);
    }
}

TEST(JsonValue, EscapesAreReadAndOnlyTheNeededOnesWritten) {
    const auto value = parse_json(R"("\u00e9\n\t\u0001\"\\\/")");
    ASSERT_TRUE(value);
    EXPECT_EQ(*value->if_text(), "\xC3\xA9\n\t\x01\"\\/");
    EXPECT_EQ(perdure::write_json(*value), "\"\xC3\xA9\\n\\t\\u0001\\\"\\\\/\"");
}

TEST(JsonValue, OfTwoMembersOfOneNameTheLastIsFound) {
    const auto value = parse_json(R"({"a":1,"a":2})");
    ASSERT_TRUE(value);
    EXPECT_EQ(*value->find("a")->if_unsigned(), 2U);
    EXPECT_EQ(value->find("b"), nullptr);
}

TEST(JsonValue, MalformedTextIsRefusedWithItsPlace) {
    for (const std::string_view text : {"", "{", "[1,]", "{\"a\"}", "{'a':1}", "nul", "01", "1 2", "\"\xFF\"", "\"a",
                                        "\"\\ud800\"", "\"\\x\"", "[1}", "+1", "NaN", "\"\n\"", "\xEF\xBB", "1e400"}) {
        const auto parsed = parse_json(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, perdure::status_code::invalid_argument);
        EXPECT_THAT(parsed.error().message, testing::StartsWith("malformed JSON"));
    }
    EXPECT_THAT(error_of(R"({"a":1,})"), HasSubstr("at byte 8"));
}

// Plain text takes a quick way of its own; what it comes to is what the library comes to that reads the rest.
TEST(JsonValue, WhateverStandsAtAPlaceIsReadAsTheLibraryReadsIt) {
    const std::string plain = "{\"a\" : [1, -20, true, null], \"b\": {\"c\":\"d\xC3\xA9\", \"e\": []},\"f\":123456789012345678}";
    for (std::size_t place = 0; place < plain.size(); ++place) {
        for (const char instead : {'"', '\\', '{', ']', ',', ':', '0', '-', '.', 'e', ' ', '\x01', '\x80', '\xC3'}) {
            std::string text = plain;
            text[place] = instead;
            const auto parsed = parse_json(text);
            ASSERT_EQ(parsed.has_value(), nlohmann::json::accept(text)) << text;
            if (parsed) EXPECT_EQ(nlohmann::json::parse(perdure::write_json(*parsed)), nlohmann::json::parse(text)) << text;
        }
    }
}

TEST(JsonValue, NestingIsBounded) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(perdure::json_max_depth)));
    EXPECT_THAT(error_of(nested(perdure::json_max_depth + 1)), HasSubstr("deeper than 100 levels"));
    EXPECT_THAT(error_of(std::string(1'000'000, '[')), HasSubstr("deeper than 100 levels"));
}

TEST(JsonWriter, PrettyTextIsIndented) {
    const auto value = parse_json(R"({"a":[1,{"b":[]}],"c":{}})");
    ASSERT_TRUE(value);
    EXPECT_EQ(perdure::write_json(*value, perdure::json_style::pretty), R"({
  "a": [
    1,
    {
      "b": []
    }
  ],
  "c": {}
})");
}

TEST(JsonWriter, ReformattingKeepsTheDigitsOfNumbers) {
    std::string out;
    perdure::json_writer writer(out);
    writer.reformatted("{ \"a\\\"b\" : [ 1.0 , 1e400, -0,\n\"x,]\" ], \"c\":{}, \"d\" : null }");
    EXPECT_EQ(out, R"({"a\"b":[1.0,1e400,-0,"x,]"],"c":{},"d":null})");
}

TEST(JsonWriter, WhatJsonCannotHoldIsRefused) {
    std::string out;
    perdure::json_writer writer(out);
    EXPECT_THROW(writer.text("\xFF"), perdure::payload_error);
    EXPECT_THROW(writer.key("\xFF"), perdure::payload_error);
    EXPECT_THROW(writer.number(std::numeric_limits<double>::infinity()), perdure::payload_error);
}

TEST(JsonValue, SaysWhatItIsWithoutCuttingACharacter) {
    EXPECT_EQ(json_value().describe(), "null");
    EXPECT_EQ(json_value(std::uint64_t{12}).describe(), "the number 12");
    EXPECT_EQ(json_value(std::string("abc")).describe(), "the text \"abc\"");
    std::string lengthy(39, 'x');
    for (int i = 0; i < 10; ++i) lengthy += "\xC3\xA9";
    EXPECT_EQ(json_value(lengthy).describe(), "the text \"" + std::string(39, 'x') + "...\"");
}

}  // namespace
