#pragma once

#include "history_service/shard/options.hpp"
#include "matching/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace perdure::server {

enum class node_severity : std::uint8_t { info, warning, error };

/// What may be set of a node. The defaults are the service's; tests use small ones.
struct node_options {
    /// The namespaces that exist; any other is NotFound.
    std::vector<std::string> namespaces{"default"};
    history::shard_options shard{};
    matching::matcher_options matching{};

    /// How long a poll waits for a task.
    std::chrono::milliseconds poll_timeout{std::chrono::seconds{60}};
    std::size_t max_polls = 10'000;
    /// Queries that wait for a worker's answer.
    std::size_t max_queries = 1'000;
    /// Requests for a history that wait for its next event.
    std::size_t max_history_waits = 20'000;
    std::size_t max_sessions = 10'000;
    std::size_t max_subscriptions_a_session = 100;
    /// Tasks a session has been given and has not answered, of which is remembered that they would be lost with it.
    std::size_t max_open_tasks_a_session = 20'000;
    /// A session whose peer leaves more than this unread is pushed nothing more until it reads.
    std::size_t unread_bytes = std::size_t{4} * 1024 * 1024;
    /// Told to workers in the handshake; the transport sees to it.
    std::uint64_t max_frame_bytes = std::uint64_t{16} * 1024 * 1024;
    std::chrono::milliseconds session_idle_timeout{std::chrono::seconds{30}};
    /// Pause before something that the store could not take is tried again.
    std::chrono::milliseconds retry_pause{500};
    /// How long a task of a lost worker waits for another one; its own time-out then takes over.
    std::chrono::milliseconds lost_task_wait{std::chrono::minutes{2}};
    /// Tasks read from the store at once for a queue that ran low.
    std::size_t refill_tasks = 1'000;

    /// Where the node says what an operator should know. May be empty.
    std::function<void(node_severity, std::string_view message)> log{};
};

}  // namespace perdure::server
