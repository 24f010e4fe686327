#include "history_service/engine/timing.hpp"

#include <algorithm>
#include <string>

namespace perdure::history {

wall_time after(wall_time time, milliseconds length) noexcept {
    length = std::min(length, longest_duration);
    if (time > wall_time::max() - length) return wall_time::max();
    return time + length;
}

result<done> check_and_cap(std::string_view what, google::protobuf::Duration& length) {
    if (auto checked = checked_duration(what, length); !checked) return checked.error();
    if (from_duration(length) > longest_duration) length = to_duration(longest_duration);
    return done{};
}

}  // namespace perdure::history
