#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/iso_time.hpp"
#include "api/time_convert.hpp"

namespace {

using namespace std::chrono_literals;
using perdure::wall_time;
using testing::HasSubstr;

TEST(Time, DurationsAreWrittenAsIso8601) {
    const std::pair<std::chrono::nanoseconds, std::string_view> rows[]{
        {0s, "PT0S"},      {1500ms, "PT1.5S"},  {72h, "PT72H"},
        {90s, "PT1M30S"},  {-2min, "-PT2M"},    {1ns, "PT0.000000001S"},
        {3601s, "PT1H1S"}, {-1ms, "-PT0.001S"}, {1h + 1min + 1s + 10ms, "PT1H1M1.01S"},
    };
    for (const auto& [duration, text] : rows) {
        EXPECT_EQ(perdure::to_iso_duration(duration), text);
        EXPECT_EQ(perdure::from_iso_duration(text), duration) << text;
    }
    EXPECT_EQ(perdure::to_iso_duration(std::chrono::nanoseconds::min()), "-PT2562047H47M16.854775808S");
}

TEST(Time, WeeksAndDaysAreRead) {
    EXPECT_EQ(perdure::from_iso_duration("P1W"), 168h);
    EXPECT_EQ(perdure::from_iso_duration("P2DT3H"), 51h);
    EXPECT_EQ(perdure::from_iso_duration("PT0,5S"), 500ms);
}

TEST(Time, OtherTextIsNoDuration) {
    for (const std::string_view text : {"",
                                        "P",
                                        "PT",
                                        "T1S",
                                        "1s",
                                        "PT1",
                                        "P1Y",
                                        "P1M",
                                        "PT1S1S",
                                        "PT1S2M",
                                        "PT1.5M",
                                        "PT1.1234567890S",
                                        "PT-1S",
                                        "P1H",
                                        "PT9999999999999S",
                                        "PT999999999999H",
                                        "PT1S ",
                                        "--PT1S",
                                        "PTS",
                                        "PT.S"}) {
        EXPECT_FALSE(perdure::from_iso_duration(text).has_value()) << text;
    }
}

TEST(Time, TimesAreWrittenAsRfc3339) {
    const wall_time time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + 8h + 30min;
    EXPECT_EQ(perdure::to_rfc3339(time), "2026-01-31T08:30:00Z");
    EXPECT_EQ(perdure::to_rfc3339(time + 250ms), "2026-01-31T08:30:00.250Z");
    EXPECT_EQ(perdure::to_rfc3339(time + 1ns), "2026-01-31T08:30:00.000000001Z");
    EXPECT_EQ(perdure::to_rfc3339(wall_time(-1ms)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(perdure::from_rfc3339("2026-01-31T08:30:00.250Z"), time + 250ms);
    EXPECT_EQ(perdure::from_rfc3339("2026-01-31T10:30:00+02:00"), time);
    EXPECT_EQ(perdure::from_rfc3339("2026-01-31t05:00:00.5-03:30"), time + 500ms);
}

TEST(Time, OtherTextIsNoTime) {
    for (const std::string_view text :
         {"", "2026-01-31", "2026-01-31T08:30:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z",
          "10000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-31T08:30:00.Z", "2026-01-31 08:30:00Z",
          "2026-01-31T08:30:00+25:00", "2026-01-31T08:30:00Zx"}) {
        EXPECT_FALSE(perdure::from_rfc3339(text).has_value()) << text;
    }
}

TEST(Time, TimestampsRoundTrip) {
    for (const wall_time time : {wall_time(0ns), wall_time(1ns), wall_time(-1ns), wall_time(1'700'000'000s + 123456789ns)}) {
        EXPECT_EQ(perdure::from_timestamp(perdure::to_timestamp(time)), time);
    }
    EXPECT_EQ(perdure::to_timestamp(wall_time(-1ns)).nanos(), 999'999'999);
}

TEST(Time, DurationsRoundTripAndPartsOfAMillisecondAreRoundedUp) {
    for (const perdure::milliseconds span : {0ms, 1ms, 1999ms, 3600000ms, -1500ms}) {
        EXPECT_EQ(perdure::from_duration(perdure::to_duration(span)), span);
    }
    google::protobuf::Duration tiny;
    tiny.set_nanos(1);
    EXPECT_EQ(perdure::from_duration(tiny), 1ms);
}

TEST(Time, AbsurdMessagesAreClampedAndNeverOverflow) {
    google::protobuf::Timestamp time;
    time.set_seconds(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(perdure::from_timestamp(time), wall_time::max());
    time.set_seconds(std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(perdure::from_timestamp(time), wall_time::min());
    google::protobuf::Duration span;
    span.set_seconds(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(perdure::from_duration(span), perdure::milliseconds::max());
    span.set_seconds(std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(perdure::from_duration(span), perdure::milliseconds::min());
}

TEST(Time, ADurationOfARequestIsCheckedByName) {
    const auto refusal = [](std::int64_t seconds, std::int32_t nanos) {
        google::protobuf::Duration span;
        span.set_seconds(seconds);
        span.set_nanos(nanos);
        const auto checked = perdure::checked_duration("workflowRunTimeout", span);
        return checked ? std::string() : checked.error().message;
    };
    EXPECT_EQ(refusal(0, 0), "");
    EXPECT_EQ(refusal(3600, 5), "");
    EXPECT_EQ(refusal(perdure::max_duration_seconds, 0), "");
    EXPECT_THAT(refusal(-1, 0), HasSubstr("workflowRunTimeout is negative"));
    EXPECT_THAT(refusal(0, -1), HasSubstr("is negative"));
    EXPECT_THAT(refusal(1, 1'000'000'000), HasSubstr("nanos part"));
    EXPECT_THAT(refusal(perdure::max_duration_seconds + 1, 0), HasSubstr("longer than 10,000 years"));
}

TEST(Time, ATimeOfARequestIsCheckedByName) {
    const auto refusal = [](std::int64_t seconds, std::int32_t nanos) {
        google::protobuf::Timestamp time;
        time.set_seconds(seconds);
        time.set_nanos(nanos);
        const auto checked = perdure::checked_timestamp("startTime", time);
        return checked ? std::string() : checked.error().message;
    };
    EXPECT_EQ(refusal(1'700'000'000, 1), "");
    EXPECT_THAT(refusal(-1, 0), HasSubstr("startTime lies before 1970"));
    EXPECT_THAT(refusal(253'402'300'800, 0), HasSubstr("lies after the year 2261"));
    EXPECT_THAT(refusal(0, -1), HasSubstr("nanos part"));
}

}  // namespace
