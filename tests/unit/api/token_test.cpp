#include "api/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/proto.hpp"

namespace {

using perdure::task_kind;
using perdure::task_token;
using testing::HasSubstr;
using testing::StartsWith;

task_token sample() {
    return {.kind = task_kind::activity,
            .space = "shop",
            .workflow_id = "o-1",
            .run_id = "r-1",
            .scheduled_event_id = 5,
            .started_event_id = 6,
            .attempt = 3,
            .activity_id = "a",
            .request_id = "q",
            .query_id = "x",
            .task_queue = "orders"};
}

TEST(Token, ComesBackAsItWas) {
    const auto token = perdure::decode_token(perdure::encode_token(sample()));
    ASSERT_TRUE(token);
    EXPECT_EQ(*token, sample());
    EXPECT_EQ(perdure::encode_token(sample()), perdure::encode_token(*token));
}

TEST(Token, GarbageIsRefusedWithTheRemedy) {
    perdure::pb::common::WorkflowExecution other;
    other.set_workflow_id("o-1");
    for (const std::string& bytes :
         {std::string(), std::string("garbage"), std::string(100, '\xFF'), std::string(20, '\0'),
          perdure::encode_token(sample()).substr(0, 10), std::string(100'000, 'x'), other.SerializeAsString()}) {
        const auto token = perdure::decode_token(bytes);
        ASSERT_FALSE(token) << bytes;
        EXPECT_EQ(token.error().code, perdure::status_code::invalid_argument);
        EXPECT_THAT(token.error().message, StartsWith("Error deserializing task token"));
    }
}

TEST(Token, ATokenOfAnotherKindIsRefused) {
    const std::string bytes = perdure::encode_token(sample());
    EXPECT_TRUE(perdure::decode_token(bytes, task_kind::activity));
    const auto refused = perdure::decode_token(bytes, task_kind::workflow);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("token of a activity task, not of a workflow task"));
}

}  // namespace
