#include <map>
#include <memory>
#include <string>

#include "order_flow.hpp"
#include "tests/unit/vocabulary/example_codecs.hpp"

namespace shop {
namespace {

using perdure::example::moody_codec;
using ::testing::HasSubstr;

class CodecInTests : public perdure::test::every_cache_policy {
  protected:
    std::shared_ptr<moody_codec> moody = std::make_shared<moody_codec>();
    perdure::test::env env{{.policy = GetParam(), .conversion = {.codecs = {moody}, .encode_failures = true}}};

    CodecInTests() {
        env.add_workflow<OrderWorkflow>();
        env.mock(act::reserve).returns();
        env.mock(act::release).returns();
        env.mock(act::charge).returns(Receipt{.charge_id = "ch-1"});
    }
};
PERDURE_TEST_EVERY_CACHE_POLICY(CodecInTests);

TEST_P(CodecInTests, NobodyButTheServiceSeesADifference) {
    auto run = env.start<OrderFlow>(Order{.id = "7", .cents = 100, .needs_approval = true});
    run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
    EXPECT_EQ(run.result().charge_id, "ch-1");
    EXPECT_FALSE(run.query(OrderFlow::stage).empty());
    EXPECT_EQ(env.mock(act::charge).inputs().at(0).id, "7");
}

TEST_P(CodecInTests, FailuresKeepTheirTypesAndMessages) {
    env.mock(act::charge).fails<FraudSuspected>("stolen card 4711");
    auto run = env.start<OrderFlow>(Order{.id = "7", .cents = 100});
    const auto failed = run.failure();
    EXPECT_THAT(failed, perdure::test::caused_by<FraudSuspected>());
    EXPECT_THAT(failed.what(), HasSubstr("stolen card 4711"));
}

TEST_P(CodecInTests, ACodecThatFailsATaskEndsTheTestWithTheReason) {
    auto run = env.start<OrderFlow>(Order{.id = "7", .cents = 100, .needs_approval = true});
    moody->fail_decode = true;
    try {
        run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
        FAIL() << "nobody noticed";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("moody_codec could not decode a value: no key to decrypt with"));
    }
    moody->fail_decode = false;
}

TEST_P(CodecInTests, AWorkflowGoesOnWhenTheKeysAreBack) {
    env.allow_task_failures();
    auto run = env.start<OrderFlow>(Order{.id = "7", .cents = 100, .needs_approval = true});
    run.signal(OrderFlow::approval, Approval{.granted = true, .by = "ann"});
    moody->fail_encode = true;
    env.advance(30s);
    moody->fail_encode = false;
    EXPECT_EQ(run.result().charge_id, "ch-1");
}

}  // namespace
}  // namespace shop
