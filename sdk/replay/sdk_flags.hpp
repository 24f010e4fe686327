#pragma once

#include <cstdint>
#include <string_view>

#include <perdure/errors.hpp>

namespace perdure::detail {

/// Changes of this SDK's behaviour that histories depend on. A history names the flags it was written with; a flag that this
/// program does not know stops the replay. Numbers are never used twice.
enum class sdk_flag : std::uint32_t {
    history_order = 1,  // events are applied one by one in the order of history
};

inline constexpr std::uint32_t newest_sdk_flag = 1;
inline constexpr std::string_view sdk_name = "perdure-cpp";
inline constexpr std::string_view sdk_version = "0.1.0";

/// A history has a flag that this version does not know.
class newer_sdk_error final : public misuse_error {
  public:
    using misuse_error::misuse_error;
};

}  // namespace perdure::detail
