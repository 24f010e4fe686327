#include "api/ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;

TEST(Ids, AUuidIsMadeOfTheGivenBytes) {
    std::array<std::byte, 16> bytes{};
    EXPECT_EQ(perdure::make_uuid4(bytes), "00000000-0000-4000-8000-000000000000");
    bytes.fill(std::byte{0xFF});
    EXPECT_EQ(perdure::make_uuid4(bytes), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 17);
    EXPECT_EQ(perdure::make_uuid4(bytes), "00112233-4455-4677-8899-aabbccddeeff");
}

TEST(Ids, OnlyCanonicalTextIsAUuid) {
    EXPECT_TRUE(perdure::is_uuid("00112233-4455-4677-8899-aabbccddeeff"));
    EXPECT_FALSE(perdure::is_uuid("00112233-4455-4677-8899-aabbccddeef"));
    EXPECT_FALSE(perdure::is_uuid("00112233-4455-4677-8899-aabbccddeefg"));
    EXPECT_FALSE(perdure::is_uuid("00112233x4455-4677-8899-aabbccddeeff"));
    EXPECT_FALSE(perdure::is_uuid(""));
}

TEST(Ids, Utf8IsCheckedToTheLetter) {
    for (const std::string_view good : {"", "abc", "é", "漢字", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEF\xBF\xBF"}) {
        EXPECT_TRUE(perdure::is_valid_utf8(good)) << good;
    }
    for (const std::string_view bad : {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                       "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                       "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82", "\xE2\x28\xA1", "\xE2\x82\x28"}) {
        EXPECT_FALSE(perdure::is_valid_utf8(bad));
    }
}

TEST(Ids, Utf8IsCheckedToTheLetterBehindAnyLengthOfAscii) {
    for (std::size_t length = 0; length <= 24; ++length) {
        const std::string ascii(length, 'a');
        for (const std::string_view rest : {"", "b", "bbbbbbbb"}) {
            EXPECT_TRUE(perdure::is_valid_utf8(ascii + "é" + std::string(rest))) << length << rest;
            EXPECT_FALSE(perdure::is_valid_utf8(ascii + "\xC3" + std::string(rest))) << length << rest;
            EXPECT_FALSE(perdure::is_valid_utf8(ascii + "\x80" + std::string(rest))) << length << rest;
        }
        EXPECT_TRUE(perdure::is_valid_utf8(ascii)) << length;
    }
}

TEST(Ids, AnIdOfAThousandBytesIsTheLongest) {
    EXPECT_FALSE(perdure::check_id("workflowId", std::string(1000, 'x')).has_value());
    const auto refused = perdure::check_id("workflowId", std::string(1001, 'x'));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->code, perdure::status_code::invalid_argument);
    EXPECT_THAT(refused->message, HasSubstr("workflowId has 1001 bytes; the limit is 1000"));
}

TEST(Ids, BadUtf8AndMissingIdsNameTheField) {
    EXPECT_THAT(perdure::check_id("signalName", "\xFF")->message, HasSubstr("signalName is not valid UTF-8"));
    EXPECT_THAT(perdure::check_required_id("taskQueue.name", "")->message, HasSubstr("taskQueue.name is not set"));
    EXPECT_FALSE(perdure::check_required_id("taskQueue.name", "q").has_value());
}

}  // namespace
