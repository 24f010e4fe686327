#pragma once

#include <string_view>

#include <perdure/options.hpp>

#include "api/proto.hpp"
#include "api/raw_payload.hpp"

namespace perdure::detail {

/// Everything of a call but the activity's id and the default queue. Throws misuse_error for options that cannot work.
void fill_activity(pb::command::ScheduleActivityTaskCommandAttributes& attributes, std::string_view name, arguments input,
                   const activity_options& options);

}  // namespace perdure::detail
