#include "api/wire_reader.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "api/proto.hpp"

namespace {

using perdure::wire_field;
using perdure::wire_reader;
using perdure::wire_type;

TEST(WireReader, TakesAMessageApartIntoItsFields) {
    perdure::pb::history::HistoryEvent event;
    event.set_event_id(300);
    event.mutable_event_time()->set_seconds(7);
    event.set_event_type(perdure::pb::enums::EVENT_TYPE_TIMER_FIRED);
    const std::string bytes = event.SerializeAsString();
    wire_reader reader(bytes);
    wire_field field;
    std::string again;

    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.number, 1U);
    EXPECT_EQ(field.type, wire_type::varint);
    EXPECT_EQ(field.value, 300U);
    EXPECT_FALSE(reader.ended());
    again += field.whole;
    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.number, 2U);
    EXPECT_EQ(field.type, wire_type::with_length);
    EXPECT_EQ(field.content, event.event_time().SerializeAsString());
    again += field.whole;
    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.value, std::uint64_t{perdure::pb::enums::EVENT_TYPE_TIMER_FIRED});
    EXPECT_EQ(field.content, "") << "what the field before held is gone";
    again += field.whole;
    EXPECT_FALSE(reader.next(field));
    EXPECT_TRUE(reader.ended());
    EXPECT_EQ(again, bytes);
}

TEST(WireReader, GoesBehindNumbersOfAFixedSize) {
    const std::string bytes = std::string("\x09") + std::string(8, 'a') + "\x15" + std::string(4, 'b') + "\x18\x05";
    wire_reader reader(bytes);
    wire_field field;
    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.type, wire_type::fixed64);
    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.type, wire_type::fixed32);
    ASSERT_TRUE(reader.next(field));
    EXPECT_EQ(field.number, 3U);
    EXPECT_EQ(field.value, 5U);
    EXPECT_TRUE(reader.ended());
}

TEST(WireReader, StopsForGoodWhereTheBytesAreNoField) {
    const std::string far_too_long("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    for (const std::string& bytes : {std::string("\x08"), std::string("\x0a\x05half"), far_too_long, std::string("\x09seven.."),
                                     std::string("\x0d"
                                                 "123"),
                                     std::string("\x0b"), std::string("\x0f"), std::string(2, '\0'), std::string(11, '\xff'),
                                     std::string("\x88\x80\x80\x80\x80\x01\x01")}) {
        wire_reader reader(bytes);
        wire_field field;
        EXPECT_FALSE(reader.next(field)) << testing::PrintToString(bytes);
        EXPECT_FALSE(reader.next(field));
        EXPECT_TRUE(reader.failed());
        EXPECT_FALSE(reader.ended());
    }
    EXPECT_TRUE(wire_reader("").ended());
}

TEST(WireFields, AreAppendedAsTheyAreRead) {
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 35U,
                                      std::numeric_limits<std::uint64_t>::max()}) {
        std::string bytes;
        perdure::append_varint(bytes, value);
        EXPECT_EQ(bytes.size(), perdure::varint_bytes(value));
        bytes.clear();
        perdure::append_number_field(bytes, 1'000, value);
        wire_field field;
        wire_reader reader(bytes);
        ASSERT_TRUE(reader.next(field));
        EXPECT_EQ(field.number, 1'000U);
        EXPECT_EQ(field.value, value);
        EXPECT_TRUE(reader.ended());
    }
    for (const std::size_t size : {0U, 1U, 127U, 128U, 70'000U}) {
        std::string bytes;
        perdure::append_field_head(bytes, 16, size);
        bytes.append(size, 'x');
        EXPECT_EQ(bytes.size(), perdure::field_bytes(16, size));
        wire_field field;
        wire_reader reader(bytes);
        ASSERT_TRUE(reader.next(field));
        EXPECT_EQ(field.number, 16U);
        EXPECT_EQ(field.content.size(), size);
        EXPECT_TRUE(reader.ended());
    }
}

}  // namespace
