#pragma once

#include <chrono>
#include <string>

#include <perdure/workflow.hpp>

namespace perdure::test {

using namespace std::chrono_literals;

// What the stories of this folder call.
inline constexpr perdure::activity<"work", int(int)> work{};
inline constexpr perdure::activity<"step", void(std::string)> step{};
inline constexpr perdure::activity<"undo", void(std::string)> undo{};
inline constexpr perdure::activity<"other.work", int(int)> other_work{};
inline constexpr perdure::activity<"rest", int(int)> rest{};

inline constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s)};
inline constexpr perdure::activity_options hasty{.timeouts = perdure::start_to_close(10s),
                                                 .cancellation = perdure::cancellation_type::try_cancel};
inline constexpr perdure::activity_options aloof{.timeouts = perdure::start_to_close(10s),
                                                 .cancellation = perdure::cancellation_type::abandon};

struct Broken : perdure::app_error<Broken, "Broken"> {
    using app_error::app_error;
};

}  // namespace perdure::test
