// What docs/replay.md shows.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <perdure/replayer.hpp>
#include <perdure/testing.hpp>

#include "club/club.hpp"
#include "examples/order_orchestration/order.workflow.hpp"

namespace {

const std::filesystem::path histories = std::filesystem::path(PERDURE_SOURCE_DIR) / "tests/mutations/histories";

// [one]
TEST(Replay, AnOrderOfLastMayStillFits) {
    perdure::replayer replayer;
    replayer.add_workflow<shop::OrderWorkflow>();
    const auto report = replayer.replay(perdure::history::from_json_file(histories / "order_approved.json"));
    EXPECT_TRUE(report.ok()) << report;
}
// [one]

// [folder]
class Recorded : public testing::TestWithParam<perdure::history_file> {};
INSTANTIATE_TEST_SUITE_P(Histories, Recorded, testing::ValuesIn(perdure::replay_folder(histories)));

TEST_P(Recorded, FitsTheCode) {
    perdure::replayer replayer(
        {.level = perdure::replay_level::arguments, .level_of = {{"club.subscription", perdure::replay_level::state}}});
    replayer.add_workflow<shop::OrderWorkflow>();
    replayer.add_workflow<club::SubscriptionWorkflow>();
    const auto report = replayer.replay(GetParam().load());
    EXPECT_TRUE(report.ok()) << report;
}
// [folder]

// [record]
std::string record_a_subscription() {
    perdure::test::env env;
    env.add_workflow<club::SubscriptionWorkflow>();
    env.mock(club::act::bill).returns(club::Paid{.cents = 900});
    env.mock(club::act::note).returns();
    auto run = env.start<club::Subscription>(club::Member{.id = "m-1", .fee_cents = 900, .months_left = 1});
    (void)run.result();
    return env.history_json(run);
}
// [record]

TEST(Replay, WhatATestRecordedIsAHistory) {
    const auto recorded = perdure::history::from_json(record_a_subscription());
    EXPECT_EQ(recorded.workflow_type(), "club.subscription");
    EXPECT_GT(recorded.size(), 10U);
}

}  // namespace
