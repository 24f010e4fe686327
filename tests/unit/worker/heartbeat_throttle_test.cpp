#include "sdk/worker/core/heartbeat_throttle.hpp"

#include <gtest/gtest.h>

namespace perdure::detail {
namespace {

using namespace std::chrono_literals;

pb::common::Payloads details(const std::string& text) {
    pb::common::Payloads list;
    list.add_payloads()->set_data(text);
    return list;
}

TEST(HeartbeatThrottle, TheIntervalIsFourFifthsOfTheTimeoutOrTheStandardAndNeverAboveTheCeiling) {
    EXPECT_EQ(heartbeat_throttle(10s, 30s, 60s).interval(), 8s);
    EXPECT_EQ(heartbeat_throttle(0s, 30s, 60s).interval(), 30s);
    EXPECT_EQ(heartbeat_throttle(10min, 30s, 60s).interval(), 60s);
    EXPECT_EQ(heartbeat_throttle(1ms, 30s, 60s).interval(), 0ms);
}

TEST(HeartbeatThrottle, TheFirstGoesOutAtOnce) {
    heartbeat_throttle throttle(10s, 30s, 60s);
    EXPECT_TRUE(throttle.record(details("1"), moment(1h)));
    EXPECT_FALSE(throttle.record(details("2"), moment(1h)));
    EXPECT_EQ(throttle.due(), moment(1h + 8s));
}

TEST(HeartbeatThrottle, WhatWasSentAndAcknowledgedIsNotHandedOverAgain) {
    heartbeat_throttle throttle(10s, 30s, 60s);
    (void)throttle.record(details("1"), moment(1h));
    throttle.acknowledged();
    EXPECT_FALSE(throttle.take_unsent());
}

TEST(HeartbeatThrottle, WhatWasSentAndNotAcknowledgedIsHandedOver) {
    heartbeat_throttle throttle(10s, 30s, 60s);
    (void)throttle.record(details("1"), moment(1h));
    ASSERT_TRUE(throttle.take_unsent());
    EXPECT_FALSE(throttle.take_unsent());
}

TEST(HeartbeatThrottle, NewerDetailsAreNotReplacedByThoseThatWereLost) {
    heartbeat_throttle throttle(10s, 30s, 60s);
    (void)throttle.record(details("old"), moment(1h));
    (void)throttle.record(details("new"), moment(1h));
    throttle.lost();
    const auto due = throttle.take_due(moment(1h));
    ASSERT_TRUE(due);
    EXPECT_EQ(due->payloads(0).data(), "new");
}

}  // namespace
}  // namespace perdure::detail
