#pragma once

#include <array>
#include <functional>
#include <string_view>

namespace perdure::fuzz {

/// Feeds bytes from outside to one decoder. Aborts when an invariant breaks; refused input is fine.
using target_function = void (*)(std::string_view input);

/// JSON to messages of the HTTP API and back.
void message_json(std::string_view input);
/// JSON to messages by the quick reader, which must agree with the thorough one.
void quick_message(std::string_view input);
/// An exported history in JSON, and in bytes.
void history(std::string_view input);
/// A recorded history, event by event, as replays read it.
void recorded_events(std::string_view input);
/// A frame of the worker stream, from either side.
void worker_frame(std::string_view input);
/// The verb and target of an HTTP request, to the message that they name.
void http_target(std::string_view input);
/// A payload read as a described struct, and ISO 8601 and RFC 3339 text.
void payload(std::string_view input);
/// The token that a worker hands back.
void token(std::string_view input);
/// A file of SQLite's log of commits, and a batch of it.
void commit_log(std::string_view input);

struct target {
    std::string_view name;
    target_function run;
};

inline constexpr std::array<target, 9> targets{{{"message_json", message_json},
                                                {"quick_message", quick_message},
                                                {"history", history},
                                                {"recorded_events", recorded_events},
                                                {"worker_frame", worker_frame},
                                                {"http_target", http_target},
                                                {"payload", payload},
                                                {"token", token},
                                                {"commit_log", commit_log}}};

}  // namespace perdure::fuzz
