#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "perdure/payload_codec.hpp"
#include "perdure/replay_level.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace perdure::detail {

/// What `replay` of a worker program was asked for.
struct replay_request {
    std::vector<std::filesystem::path> paths{};  // files and folders
    std::string live{};                          // a workflow id instead: its history comes from the server
    std::string run_id{};
    unsigned jobs = 1;
    std::string junit{};
    replay_level level = replay_level::arguments;
    bool trace = false;
    std::optional<std::int64_t> until{};
    bool gdb = false;
    bool debugger_hooks = false;  // this process runs under a debugger that --gdb has started
    bool json = false;
};

/// What it may use of its program.
struct replay_surroundings {
    std::vector<std::shared_ptr<const workflow_registry>> types{};
    data_conversion conversion{};
    /// Fetches a history from the server; throws service_error.
    std::function<pb::history::History(const std::string& workflow_id, const std::string& run_id)> fetch{};
};

/// Exit codes of `replay`. Of several histories the first one in this list decides.
enum class replay_exit : int {
    ok = 0,
    trouble = 1,  // the server could not be asked, or a file not be written
    usage = 2,
    differs = 3,
    failed = 4,
    undecodable = 5,
    unknown_type = 6,
    refused = 7,
    bad_history = 8,
    missing = 9,
    no_debugger = 10,
};

/// The lines of --help that list them.
[[nodiscard]] const char* replay_exit_help() noexcept;

/// Replays as asked, writes to stdout and stderr, and returns the exit code.
[[nodiscard]] replay_exit run_replay(const replay_request& request, const replay_surroundings& with);

}  // namespace perdure::detail
