// Times and durations in JSON, against protobuf's own reading and writing of them.

#include "api/json_moment.hpp"

#include <gtest/gtest.h>

#include <google/protobuf/util/time_util.h>

#include <array>
#include <random>

#include "api/time_convert.hpp"

namespace {

using google::protobuf::util::TimeUtil;
using perdure::detail::json_moment;

/// Whole seconds, milliseconds, microseconds and nanoseconds as often as each other.
std::int32_t some_nanos(std::mt19937_64& random) {
    constexpr std::array<std::int32_t, 4> units{1'000'000'000, 1'000'000, 1'000, 1};
    const std::int32_t unit = units[random() % units.size()];
    return static_cast<std::int32_t>(random() % 1'000'000'000) / unit * unit;
}

TEST(JsonMoment, TimesAreWrittenAndReadAsProtobufDoes) {
    std::mt19937_64 random(7);
    constexpr auto range = static_cast<std::uint64_t>(TimeUtil::kTimestampMaxSeconds - TimeUtil::kTimestampMinSeconds + 1);
    for (int i = 0; i < 20'000; ++i) {
        google::protobuf::Timestamp time;
        const std::int64_t day = static_cast<std::int64_t>(random() % range) / 86'400 * 86'400;
        const std::int64_t in_day = i % 4 == 0 ? 0 : static_cast<std::int64_t>(random() % 86'400);
        time.set_seconds(TimeUtil::kTimestampMinSeconds + day + in_day);
        if (i == 0) time.set_seconds(TimeUtil::kTimestampMinSeconds);
        if (i == 1) time.set_seconds(TimeUtil::kTimestampMaxSeconds);
        time.set_nanos(some_nanos(random));
        const std::string text = TimeUtil::ToString(time);
        ASSERT_EQ(perdure::detail::write_time({time.seconds(), time.nanos()}), text);
        const auto read = perdure::detail::read_time(text);
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(read->seconds, time.seconds()) << text;
        ASSERT_EQ(read->nanos, time.nanos()) << text;
    }
}

TEST(JsonMoment, DurationsAreWrittenAndReadAsProtobufDoes) {
    std::mt19937_64 random(8);
    for (int i = 0; i < 20'000; ++i) {
        const int sign = i % 2 == 0 ? 1 : -1;
        const std::uint64_t most = i % 3 == 0 ? 10 : static_cast<std::uint64_t>(perdure::max_duration_seconds);
        google::protobuf::Duration span;
        span.set_seconds(sign * static_cast<std::int64_t>(random() % most));
        span.set_nanos(sign * some_nanos(random));
        const std::string text = TimeUtil::ToString(span);
        ASSERT_EQ(perdure::detail::write_span({span.seconds(), span.nanos()}), text);
        const auto read = perdure::detail::read_span(text);
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(read->seconds, span.seconds()) << text;
        ASSERT_EQ(read->nanos, span.nanos()) << text;
    }
}

}  // namespace
