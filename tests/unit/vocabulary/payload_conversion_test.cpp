#include "sdk/vocabulary/payload_conversion.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "tests/unit/vocabulary/example_codecs.hpp"

namespace {

using google::protobuf::util::MessageDifferencer;
using perdure::raw_payload;
using perdure::detail::payload_conversion;
using perdure::example::letter_codec;
using perdure::example::moody_codec;
using perdure::example::xor_codec;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
namespace pb = perdure::pb;

pb::common::Payloads texts(std::initializer_list<std::string> values) {
    pb::common::Payloads list;
    for (const auto& value : values) list.add_payloads()->set_data(value);
    return list;
}

TEST(PayloadConversion, IsNotThereWhenThereIsNothingToDo) {
    EXPECT_EQ(payload_conversion::of({}), nullptr);
    EXPECT_NE(payload_conversion::of({.encode_failures = true}), nullptr);
    EXPECT_THROW((void)payload_conversion::of({.codecs = {nullptr}}), std::invalid_argument);
}

TEST(PayloadConversion, TheLastCodecIsTheFirstToEncodeAndTheLastToDecode) {
    const auto conversion =
        payload_conversion::of({.codecs = {std::make_shared<letter_codec>('a'), std::make_shared<letter_codec>('b')}});
    pb::common::Payloads values = texts({"1", "2"});
    ASSERT_EQ(conversion->encode(values), std::nullopt);
    EXPECT_EQ(values.payloads(0).data(), "ab1ba");
    EXPECT_EQ(values.payloads(1).data(), "ab2ba");
    ASSERT_EQ(conversion->decode(values), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(values, texts({"1", "2"})));
}

TEST(PayloadConversion, MetadataAndBytesComeBackAsTheyWere) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<xor_codec>()}});
    const pb::common::Payload clear = perdure::to_proto(raw_payload{"json/plain", "\"x\"", {{"messageType", "some.Type"}}});
    pb::common::Payload value = clear;
    ASSERT_EQ(conversion->encode(value), std::nullopt);
    EXPECT_EQ(perdure::encoding_of(value), "binary/encrypted");
    ASSERT_EQ(conversion->decode(value), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(value, clear));
    // What was never encoded is left by the codec, as it should be.
    ASSERT_EQ(conversion->decode(value), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(value, clear));
}

/// Keeps a whole list in one value.
class packing_codec final : public perdure::payload_codec {
  public:
    std::vector<raw_payload> encode(std::vector<raw_payload> values) override {
        raw_payload packed{"test/packed", {}, {}};
        for (const auto& value : values) packed.data += value.data + ";";
        return {packed};
    }
    std::vector<raw_payload> decode(std::vector<raw_payload> values) override {
        std::vector<raw_payload> list;
        std::string rest = values.at(0).data;
        for (auto end = rest.find(';'); end != std::string::npos; end = rest.find(';')) {
            list.push_back({{}, rest.substr(0, end), {}});
            rest.erase(0, end + 1);
        }
        return list;
    }
};

TEST(PayloadConversion, ListsMayChangeTheirLengthAndSingleValuesMayNot) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<packing_codec>()}});
    pb::common::Payloads values = texts({"1", "2", "3"});
    ASSERT_EQ(conversion->encode(values), std::nullopt);
    EXPECT_EQ(values.payloads_size(), 1);
    ASSERT_EQ(conversion->decode(values), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(values, texts({"1", "2", "3"})));

    pb::common::Payload one;
    one.set_data("1;2;");
    EXPECT_THAT(conversion->decode(one), Optional(HasSubstr("packing_codec was to decode one value and returned 2")));
    pb::common::Payloads none = texts({""});
    EXPECT_THAT(conversion->decode(none), Optional(HasSubstr("was to decode a list of values and returned 0")));
}

class rude_codec final : public perdure::payload_codec {
  public:
    std::vector<raw_payload> encode(std::vector<raw_payload>) override { throw 7; }
    std::vector<raw_payload> decode(std::vector<raw_payload>) override { throw std::out_of_range("key 3"); }
};

TEST(PayloadConversion, WhatACodecThrowsIsASentenceWithItsName) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<rude_codec>()}});
    pb::common::Payloads values = texts({"1"});
    EXPECT_THAT(conversion->encode(values), Optional(HasSubstr("rude_codec could not encode a value: ")));
    EXPECT_THAT(conversion->decode(values), Optional(HasSubstr("rude_codec could not decode a value: key 3")));
    const auto failure = perdure::detail::make_codec_failure("why");
    EXPECT_EQ(failure.message(), "why");
    EXPECT_FALSE(failure.application_failure_info().non_retryable());
}

pb::failure::Failure chain() {
    pb::failure::Failure cause = perdure::make_application_failure(
        {.type = "CardDeclined", .message = "card 4711", .details = perdure::to_payloads(std::string("limit"))});
    cause.set_stack_trace("pay.cpp:7");
    pb::failure::Failure outer = perdure::make_activity_failure({.activity_type = "payment.charge"}, cause);
    outer.set_message("paying failed");
    return outer;
}

TEST(FailureEncoding, MovesMessagesAndStacksOfAllCausesAndRestoresThem) {
    const auto conversion = payload_conversion::of({.encode_failures = true});
    pb::failure::Failure failure = chain();
    ASSERT_EQ(conversion->encode(failure), std::nullopt);
    EXPECT_EQ(failure.message(), "Encoded failure");
    EXPECT_EQ(failure.encoded_attributes().data(), R"({"message":"paying failed","stack_trace":""})");
    EXPECT_EQ(perdure::encoding_of(failure.encoded_attributes()), "json/plain");
    EXPECT_EQ(failure.cause().message(), "Encoded failure");
    EXPECT_EQ(failure.cause().stack_trace(), "");
    EXPECT_EQ(failure.cause().encoded_attributes().data(), R"({"message":"card 4711","stack_trace":"pay.cpp:7"})");
    EXPECT_EQ(failure.cause().application_failure_info().type(), "CardDeclined");
    ASSERT_EQ(conversion->decode(failure), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(failure, chain()));
}

TEST(FailureEncoding, GoesThroughTheCodecs) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<xor_codec>()}, .encode_failures = true});
    pb::service::RespondActivityTaskFailedRequest request;
    *request.mutable_failure() = chain();
    ASSERT_EQ(conversion->encode(request), std::nullopt);
    const std::string wire = request.SerializeAsString();
    for (const char* clear : {"4711", "pay.cpp", "paying", "limit"}) EXPECT_THAT(wire, Not(HasSubstr(clear)));
    EXPECT_THAT(wire, HasSubstr("CardDeclined"));
    ASSERT_EQ(conversion->decode(request), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(request.failure(), chain()));
}

TEST(FailureEncoding, IsDoneOnceAndLeavesAttributesThatItCannotRead) {
    const auto conversion = payload_conversion::of({.encode_failures = true});
    pb::failure::Failure foreign;
    foreign.set_message("Encoded failure");
    *foreign.mutable_encoded_attributes() = perdure::to_proto(raw_payload{"binary/encrypted", "???", {}});
    for (const bool encode : {true, false}) {
        pb::failure::Failure same = foreign;
        ASSERT_EQ(encode ? conversion->encode(same) : conversion->decode(same), std::nullopt);
        EXPECT_TRUE(MessageDifferencer::Equals(same, foreign));
    }
    for (const char* json : {"", "7", "{\"message\":7}", "{", "[\"message\"]"}) {
        pb::failure::Failure odd = foreign;
        *odd.mutable_encoded_attributes() = perdure::json_payload(json);
        ASSERT_EQ(conversion->decode(odd), std::nullopt);
        EXPECT_EQ(odd.message(), "Encoded failure") << json;
    }
}

TEST(FailureEncoding, LeavesTheFailureOfACodecReadable) {
    const auto conversion = payload_conversion::of({.encode_failures = true});
    pb::failure::Failure failure = perdure::detail::make_codec_failure("the key is gone");
    ASSERT_EQ(conversion->encode(failure), std::nullopt);
    EXPECT_EQ(failure.message(), "the key is gone");
}

TEST(FailureEncoding, TakesMessagesThatAreNoText) {
    const auto conversion = payload_conversion::of({.encode_failures = true});
    pb::failure::Failure failure = perdure::make_application_failure({.message = "bad byte \xFF here"});
    ASSERT_EQ(conversion->encode(failure), std::nullopt);
    ASSERT_EQ(conversion->decode(failure), std::nullopt);
    EXPECT_THAT(failure.message(), HasSubstr("bad byte"));
}

pb::sdk::UserMetadata noted_at(const std::string& site) {
    pb::sdk::UserMetadata metadata;
    *metadata.mutable_summary() = perdure::to_payload(std::string("charge the card"));
    metadata.set_perdure_call_site(site);
    return metadata;
}

TEST(CallSiteEncoding, GoesThroughTheCodecsAndComesBack) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<xor_codec>()}});
    pb::service::RespondWorkflowTaskCompletedRequest request;
    *request.add_commands()->mutable_user_metadata() = noted_at("shop/order.cpp:41 in pay");
    ASSERT_EQ(conversion->encode(request), std::nullopt);
    EXPECT_THAT(request.SerializeAsString(), Not(HasSubstr("order.cpp")));

    pb::history::History history;
    history.add_events()->mutable_user_metadata()->Swap(request.mutable_commands(0)->mutable_user_metadata());
    ASSERT_EQ(conversion->decode(history), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(history.events(0).user_metadata(), noted_at("shop/order.cpp:41 in pay")));
}

TEST(CallSiteEncoding, StaysInTheClearWithoutACodec) {
    const auto conversion = payload_conversion::of({.encode_failures = true});
    pb::sdk::UserMetadata metadata = noted_at("shop/order.cpp:41 in pay");
    ASSERT_EQ(conversion->encode(metadata), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(metadata, noted_at("shop/order.cpp:41 in pay")));
}

TEST(CallSiteEncoding, TakesNobodysDetailsForASite) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<xor_codec>()}});
    pb::sdk::UserMetadata told = noted_at("shop/order.cpp:41 in pay");
    *told.mutable_details() = perdure::to_payload(std::string("details of the user"));
    pb::sdk::UserMetadata metadata = told;
    ASSERT_EQ(conversion->encode(metadata), std::nullopt);
    EXPECT_THAT(metadata.SerializeAsString(), Not(HasSubstr("order.cpp")));
    ASSERT_EQ(conversion->decode(metadata), std::nullopt);
    told.clear_perdure_call_site();
    EXPECT_TRUE(MessageDifferencer::Equals(metadata, told));

    pb::sdk::UserMetadata no_text;
    *no_text.mutable_details() = perdure::to_proto(raw_payload{"text/perdure-call-site", "bad byte \xFF", {}});
    const pb::sdk::UserMetadata before = no_text;
    ASSERT_EQ(conversion->decode(no_text), std::nullopt);
    EXPECT_TRUE(MessageDifferencer::Equals(no_text, before));
}

}  // namespace
