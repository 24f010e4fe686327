#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/result.hpp"

namespace perdure::conformance {

using nlohmann::json;

/// What a step of the script must come back with when it is refused.
struct expected_error {
    std::string code;
    std::string message;
};

/// One request of a script, a sleep, or the wait for an earlier request.
struct step {
    std::string op;
    json request;
    /// Variable -> path with dots into the response.
    std::map<std::string, std::string> save;
    /// Set for a request that runs beside the following steps, and for the Join that waits for it.
    std::string async;
    std::chrono::milliseconds sleep{0};
    std::optional<json> response;
    std::optional<expected_error> error;
};

/// The history of one run as it stood when the recording ended, or the error that asking for it gave.
struct recorded_run {
    std::string workflow_id;
    json events = json::array();
    std::optional<expected_error> error;
};

struct transcript {
    std::string name;
    std::string about;
    std::vector<step> steps;
    std::vector<recorded_run> history;
};

/// Reads the shape of a script; an unknown shape is an error that names the place.
[[nodiscard]] result<transcript> parse_transcript(const json& document);
[[nodiscard]] result<transcript> load_transcript(const std::filesystem::path& file);

}  // namespace perdure::conformance
