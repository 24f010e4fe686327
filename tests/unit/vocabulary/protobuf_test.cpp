#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <perdure/protobuf.hpp>

#include "api/proto.hpp"

namespace {

using run = perdure::pb::common::WorkflowExecution;
using perdure::payload_error;
using perdure::raw_payload;

run sample() {
    run made;
    made.set_workflow_id("o-1");
    return made;
}

TEST(ProtobufPayload, AMessageTravelsAsItsJson) {
    static_assert(perdure::payload<run>);
    const raw_payload stored = perdure::encode(sample());
    EXPECT_EQ(stored.encoding, "json/protobuf");
    EXPECT_EQ(stored.data, R"({"workflowId":"o-1"})");
    EXPECT_EQ(stored.metadata.at("messageType"), "temporal.api.common.v1.WorkflowExecution");
    EXPECT_EQ(perdure::decode<run>(stored).workflow_id(), "o-1");
}

TEST(ProtobufPayload, BytesAndPlainJsonAreReadToo) {
    EXPECT_EQ(perdure::decode<run>({"binary/protobuf", sample().SerializeAsString(), {}}).workflow_id(), "o-1");
    EXPECT_EQ(perdure::decode<run>({"json/plain", R"({"workflowId":"o-1","new":1})", {}}).workflow_id(), "o-1");
}

TEST(ProtobufPayload, WhatIsNoSuchMessageIsRefused) {
    const raw_payload rows[]{{"json/protobuf", "{}", {{"messageType", "other.Type"}}},
                             {"json/protobuf", R"({"workflowId":7})", {}},
                             {"binary/protobuf", "\xFF", {}},
                             {"binary/plain", "", {}}};
    for (const raw_payload& row : rows) EXPECT_THROW((void)perdure::decode<run>(row), payload_error) << row.data;
}

}  // namespace
