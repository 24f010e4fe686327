#include "api/result.hpp"

#include <array>

namespace perdure {

std::string_view to_string(status_code code) noexcept {
    static constexpr std::array<std::string_view, 16> names{
        "OK",       "Canceled",      "Unknown",          "InvalidArgument",   "DeadlineExceeded",
        "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
        "Aborted",  "OutOfRange",    "Unimplemented",    "Internal",          "Unavailable",
        "DataLoss"};
    const auto index = static_cast<std::size_t>(code);
    return index < names.size() ? names[index] : "Unknown";
}

}  // namespace perdure
