#include "api/json_time.hpp"

#include <google/protobuf/util/time_util.h>

#include "api/time_convert.hpp"

namespace perdure::detail {

bool has_json_form(const google::protobuf::Timestamp& time) noexcept {
    using google::protobuf::util::TimeUtil;
    return time.seconds() >= TimeUtil::kTimestampMinSeconds && time.seconds() <= TimeUtil::kTimestampMaxSeconds &&
           time.nanos() >= 0 && time.nanos() < 1'000'000'000;
}

bool has_json_form(const google::protobuf::Duration& span) noexcept {
    const bool same_sign = span.seconds() == 0 || span.nanos() == 0 || (span.seconds() < 0) == (span.nanos() < 0);
    return same_sign && span.seconds() >= -max_duration_seconds && span.seconds() <= max_duration_seconds &&
           span.nanos() > -1'000'000'000 && span.nanos() < 1'000'000'000;
}

}  // namespace perdure::detail
