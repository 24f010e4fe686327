#include "api/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ids.hpp"
#include "api/payload.hpp"
#include "api/time_convert.hpp"

namespace {

using namespace std::chrono_literals;
namespace pb = perdure::pb;
using pb::failure::Failure;

Failure declined() {
    return perdure::make_application_failure({.type = "CardDeclined", .message = "insufficient funds", .non_retryable = true});
}

TEST(Failure, AnApplicationFailureHasWhatWasGivenAndNothingElse) {
    const Failure plain = declined();
    EXPECT_FALSE(plain.application_failure_info().has_details());
    EXPECT_FALSE(plain.application_failure_info().has_next_retry_delay());
    const Failure full = perdure::make_application_failure(
        {.type = "T", .message = "m", .details = perdure::to_payloads(1), .next_retry_delay = 1500ms});
    EXPECT_EQ(full.application_failure_info().details().payloads_size(), 1);
    EXPECT_EQ(perdure::from_duration(full.application_failure_info().next_retry_delay()), 1500ms);
}

TEST(Failure, TheChainIsOneLine) {
    const Failure wrapped = perdure::make_activity_failure(
        {.activity_type = "payment.charge", .retry_state = pb::enums::RETRY_STATE_NON_RETRYABLE_FAILURE}, declined());
    EXPECT_EQ(perdure::describe_failure_chain(wrapped),
              "activity payment.charge failed (not retryable); caused by CardDeclined: insufficient funds");
    EXPECT_EQ(perdure::describe_failure(wrapped), "activity payment.charge failed (not retryable)");
}

TEST(Failure, EveryKindHasItsWords) {
    const std::pair<Failure, std::string_view> rows[]{
        {perdure::make_timeout_failure(pb::enums::TIMEOUT_TYPE_START_TO_CLOSE, "too slow"),
         "timed out (start to close): too slow"},
        {perdure::make_canceled_failure(""), "cancelled"},
        {perdure::make_terminated_failure("enough", "ann"), "terminated: enough"},
        {perdure::make_server_failure("disk", false), "disk"},
        {perdure::make_child_failure({.workflow_id = "c-1", .workflow_type = "ship"}, {}), "child workflow ship \"c-1\" failed"},
        {Failure(), "failure without a message"},
        {perdure::make_application_failure({.message = "only text"}), "only text"},
    };
    for (const auto& [failure, words] : rows) EXPECT_EQ(perdure::describe_failure(failure), words);
}

TEST(Failure, CausesAreFoundBelowTheirWrappers) {
    Failure inner = declined();
    *inner.mutable_cause() = perdure::make_server_failure("root", false);
    const Failure wrapped = perdure::make_child_failure({}, perdure::make_activity_failure({}, inner));
    EXPECT_EQ(perdure::inner_failure(wrapped).application_failure_info().type(), "CardDeclined");
    EXPECT_EQ(perdure::root_cause(wrapped).message(), "root");
    EXPECT_EQ(&perdure::root_cause(inner.cause()), &inner.cause());
}

TEST(Failure, ASmallFailureIsKeptWhole) {
    const Failure failure = declined();
    EXPECT_EQ(perdure::bounded_failure(failure, 4096).SerializeAsString(), failure.SerializeAsString());
}

TEST(Failure, ABigFailureIsCutAndSaysSo) {
    Failure big = declined();
    big.set_message(std::string(10'000, 'm'));
    big.set_stack_trace(std::string(10'000, 's'));
    *big.mutable_application_failure_info()->mutable_details() = perdure::to_payloads(std::string(10'000, 'd'));
    *big.mutable_cause() = declined();
    const Failure kept = perdure::bounded_failure(big, 4096);
    EXPECT_EQ(kept.message(), "Failure exceeds size limit.");
    EXPECT_FALSE(kept.server_failure_info().non_retryable());
    EXPECT_LE(kept.ByteSizeLong(), 4096U + 64U);
    EXPECT_EQ(kept.cause().application_failure_info().type(), "CardDeclined");
    EXPECT_TRUE(kept.cause().application_failure_info().non_retryable());
    EXPECT_FALSE(kept.cause().application_failure_info().has_details());
    EXPECT_GT(kept.cause().message().size(), 3000U);
    EXPECT_TRUE(kept.cause().stack_trace().empty());
}

TEST(Failure, ALongChainIsCutToo) {
    Failure chain = declined();
    for (int i = 0; i < 60; ++i) {
        Failure outer = perdure::make_server_failure(std::string(100, 'x'), false);
        *outer.mutable_cause() = chain;
        chain = outer;
    }
    EXPECT_LE(perdure::truncated_failure(chain, 4096).ByteSizeLong(), 4096U + 64U);
    int depth = 0;
    const Failure kept = perdure::truncated_failure(chain, 1'000'000);
    for (const Failure* at = &kept; at->has_cause(); at = &at->cause()) ++depth;
    EXPECT_EQ(depth, perdure::max_failure_depth);
    EXPECT_FALSE(perdure::describe_failure_chain(chain).empty());
}

TEST(Failure, TextIsNeverCutInsideACharacter) {
    const std::string text = "aé漢😀";
    for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
        const std::string_view cut = perdure::truncated_utf8(text, bytes);
        EXPECT_LE(cut.size(), bytes);
        EXPECT_TRUE(perdure::is_valid_utf8(cut)) << bytes;
    }
    EXPECT_EQ(perdure::truncated_utf8(text, 2), "a");
    EXPECT_EQ(perdure::truncated_utf8(text, 3), "aé");
}

}  // namespace
