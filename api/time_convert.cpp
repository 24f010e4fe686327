#include "api/time_convert.hpp"

#include <algorithm>
#include <limits>

namespace perdure {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
constexpr std::int32_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t max_clock_seconds = std::numeric_limits<std::int64_t>::max() / nanos_per_second;

service_failure refuse(std::string_view field, const std::string& reason) {
    return {status_code::invalid_argument, std::string(field) + ' ' + reason};
}

}  // namespace

google::protobuf::Timestamp to_timestamp(wall_time time) {
    const auto whole = std::chrono::floor<seconds>(time);
    google::protobuf::Timestamp timestamp;
    timestamp.set_seconds(whole.time_since_epoch().count());
    timestamp.set_nanos(static_cast<std::int32_t>((time - whole).count()));
    return timestamp;
}

google::protobuf::Duration to_duration(milliseconds duration) {
    google::protobuf::Duration message;
    message.set_seconds(duration.count() / 1000);
    message.set_nanos(static_cast<std::int32_t>(duration.count() % 1000) * 1'000'000);
    return message;
}

wall_time from_timestamp(const google::protobuf::Timestamp& timestamp) noexcept {
    if (timestamp.seconds() >= max_clock_seconds) return wall_time::max();
    if (timestamp.seconds() <= -max_clock_seconds) return wall_time::min();
    return wall_time(seconds(timestamp.seconds()) + nanoseconds(timestamp.nanos()));
}

milliseconds from_duration(const google::protobuf::Duration& duration) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 1000 - 1;
    if (duration.seconds() > most) return milliseconds::max();
    if (duration.seconds() < -most) return milliseconds::min();
    return seconds(duration.seconds()) + std::chrono::ceil<milliseconds>(nanoseconds(duration.nanos()));
}

nanoseconds between(const google::protobuf::Timestamp& from, const google::protobuf::Timestamp& to) noexcept {
    const std::int64_t whole = std::clamp(to.seconds() - from.seconds(), 1 - max_clock_seconds, max_clock_seconds - 1);
    return seconds(whole) + nanoseconds(to.nanos() - from.nanos());
}

result<milliseconds> checked_duration(std::string_view field, const google::protobuf::Duration& duration) {
    const std::int32_t nanos = duration.nanos();
    if (duration.seconds() < 0 || nanos < 0) {
        return refuse(field, "is negative; use a duration of 0 or more, where 0 means none.");
    }
    if (nanos >= nanos_per_second) return refuse(field, "has a nanos part of a second or more; carry it into the seconds.");
    if (duration.seconds() > max_duration_seconds) {
        return refuse(field, "is longer than 10,000 years; use 0 for no limit, or a shorter one.");
    }
    return from_duration(duration);
}

result<wall_time> checked_timestamp(std::string_view field, const google::protobuf::Timestamp& timestamp) {
    if (timestamp.nanos() < 0 || timestamp.nanos() >= nanos_per_second) {
        return refuse(field, "has a nanos part that is negative or a second or more; carry it into the seconds.");
    }
    if (timestamp.seconds() < 0) return refuse(field, "lies before 1970; use a time from then on.");
    if (timestamp.seconds() >= max_clock_seconds) return refuse(field, "lies after the year 2261; use an earlier time.");
    return from_timestamp(timestamp);
}

}  // namespace perdure
