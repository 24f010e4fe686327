#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/result.hpp"

namespace perdure {

enum class task_kind : std::uint8_t { workflow = 1, activity = 2, query = 3 };

[[nodiscard]] std::string_view to_string(task_kind kind) noexcept;

/// What the token of a task says: which start of which task of which run.
struct task_token {
    task_kind kind = task_kind::workflow;
    std::string space{};
    std::string workflow_id{};
    std::string run_id{};
    std::int64_t scheduled_event_id = 0;
    /// Of workflow tasks.
    std::int64_t started_event_id = 0;
    std::int32_t attempt = 1;
    /// Of activities.
    std::string activity_id{};
    /// Chosen anew at each start.
    std::string request_id{};
    /// Of queries.
    std::string query_id{};
    std::string task_queue{};
    /// How the service that made the token counts the run; 0 if it does not say. Saves looking for the run by its names.
    std::int64_t run_number = 0;

    friend bool operator==(const task_token&, const task_token&) = default;
};

/// The same token always gives the same bytes.
[[nodiscard]] std::string encode_token(const task_token& token);

/// InvalidArgument for bytes that `encode_token` did not make.
[[nodiscard]] result<task_token> decode_token(std::string_view bytes);

/// As above, and refuses a token of another kind of task.
[[nodiscard]] result<task_token> decode_token(std::string_view bytes, task_kind expected);

}  // namespace perdure
