#pragma once

#include <string>
#include <string_view>

// The words for each kind of failure, the same in logs, in the CLI and in what() of exceptions.

namespace perdure::failure_text {

/// "maximum attempts reached", from the value of Temporal's RetryState; empty for unspecified.
[[nodiscard]] std::string_view retry_state(int value) noexcept;
/// "start to close", from the value of Temporal's TimeoutType.
[[nodiscard]] std::string_view timeout_kind(int value) noexcept;

[[nodiscard]] std::string application(std::string_view type, std::string_view message);
[[nodiscard]] std::string activity(std::string_view name, int retry_state);
[[nodiscard]] std::string child(std::string_view type, std::string_view workflow_id, int retry_state);
[[nodiscard]] std::string timeout(int kind, std::string_view message);
[[nodiscard]] std::string canceled(std::string_view reason);
[[nodiscard]] std::string terminated(std::string_view reason);

/// "a; caused by b"
[[nodiscard]] std::string caused_by(std::string own, std::string_view cause);

}  // namespace perdure::failure_text
