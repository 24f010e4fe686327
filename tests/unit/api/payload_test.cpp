#include "api/payload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/describe.hpp>

struct image {
    std::string pixels;
};

template <>
struct perdure::codec<image> {
    static raw_payload encode(const image& value) { return {"image/raw", value.pixels, {{"depth", "8"}}}; }
    static image decode(const raw_payload& stored) { return {stored.data}; }
};

namespace {

using perdure::from_payload;
using perdure::from_payloads;
using perdure::payload_error;
using perdure::raw_payload;
using perdure::to_payload;
using perdure::to_payloads;
using testing::HasSubstr;

struct point {
    int x = 0;
    int y = 0;
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

TEST(Payload, AStructTravelsAsJson) {
    const auto stored = to_payload(point{1, 2});
    EXPECT_EQ(perdure::encoding_of(stored), "json/plain");
    EXPECT_EQ(stored.data(), R"({"x":1,"y":2})");
    EXPECT_EQ(stored.metadata_size(), 1);
    EXPECT_EQ(from_payload<point>(stored).y, 2);
}

TEST(Payload, BytesTravelAsTheyAre) {
    const std::vector<std::byte> bytes{std::byte{0}, std::byte{1}, std::byte{255}};
    const auto stored = to_payload(bytes);
    EXPECT_EQ(perdure::encoding_of(stored), "binary/plain");
    EXPECT_EQ(stored.data(), std::string("\0\x01\xFF", 3));
    EXPECT_EQ(from_payload<std::vector<std::byte>>(stored), bytes);
}

TEST(Payload, AnEmptyOptionalIsNull) {
    const auto stored = to_payload(std::optional<int>());
    EXPECT_EQ(perdure::encoding_of(stored), "binary/null");
    EXPECT_EQ(from_payload<std::optional<int>>(stored), std::nullopt);
    EXPECT_EQ(from_payload<std::optional<int>>(to_payload(7)), 7);
    EXPECT_THROW((void)from_payload<int>(stored), payload_error);
}

TEST(Payload, ACodecOfTheUserIsAsked) {
    const auto stored = to_payload(image{"abc"});
    EXPECT_EQ(perdure::encoding_of(stored), "image/raw");
    EXPECT_EQ(stored.metadata().at("depth"), "8");
    EXPECT_EQ(from_payload<image>(stored).pixels, "abc");
    static_assert(perdure::payload<image>);
}

TEST(Payload, RawPayloadsKeepAllTheirMetadata) {
    const raw_payload raw{"binary/encrypted", "xyz", {{"key", "1"}, {"alg", "aes"}}};
    EXPECT_EQ(from_payload<raw_payload>(to_payload(raw)), raw);
    EXPECT_EQ(perdure::from_proto(perdure::to_proto(raw)), raw);
    EXPECT_EQ(perdure::from_proto(std::as_const(*std::make_unique<perdure::pb::common::Payload>(perdure::to_proto(raw)))), raw);
}

TEST(Payload, TheWrongEncodingIsNamed) {
    try {
        (void)from_payload<int>(to_payload(std::vector<std::byte>{}));
        FAIL();
    } catch (const payload_error& e) {
        EXPECT_THAT(e.what(), HasSubstr("int is stored as json/plain, but the payload has the encoding binary/plain"));
    }
    EXPECT_THROW((void)from_payload<int>(perdure::pb::common::Payload()), payload_error);
    EXPECT_THROW((void)from_payload<std::vector<std::byte>>(to_payload(1)), payload_error);
}

TEST(Payload, AProtobufMessageInJsonIsReadAsItsJson) {
    const auto stored = perdure::to_proto(raw_payload{"json/protobuf", R"({"x":3})", {{"messageType", "geo.Point"}}});
    EXPECT_EQ(from_payload<point>(stored).x, 3);
}

TEST(Payloads, OneInputIsOnePayload) {
    EXPECT_EQ(to_payloads(point{1, 2}).payloads_size(), 1);
    EXPECT_EQ(from_payloads<point>(to_payloads(point{1, 2})).x, 1);
    from_payloads<void>({});
}

TEST(Payloads, AnotherNumberThanOneIsRefused) {
    auto two = to_payloads(1);
    *two.add_payloads() = to_payload(2);
    try {
        (void)from_payloads<int>(two);
        FAIL();
    } catch (const payload_error& e) {
        EXPECT_THAT(e.what(), HasSubstr("one payload is needed for int, but 2 were sent"));
    }
    EXPECT_THROW((void)from_payloads<int>({}), payload_error);
    EXPECT_EQ(from_payloads<std::optional<int>>({}), std::nullopt);
}

TEST(Payloads, ArgumentsTakeAnyNumber) {
    perdure::arguments list{{perdure::encode(1), perdure::encode(std::string("b"))}};
    EXPECT_EQ(to_payloads(list).payloads_size(), 2);
    EXPECT_EQ(from_payloads<perdure::arguments>(to_payloads(list)), list);
    EXPECT_TRUE(from_payloads<perdure::arguments>({}).values.empty());
}

}  // namespace
