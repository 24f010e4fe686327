#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace perdure::bench {

struct replay_report {
    std::size_t events = 0;  ///< of the history
    std::size_t binary_bytes = 0;
    std::size_t json_bytes = 0;
    double binary_per_second = 0;  ///< events, on one core, from the binary form
    double json_per_second = 0;    ///< events, on one core, from an export
    unsigned jobs = 0;
    double jobs_per_second = 0;  ///< events, from the binary form, on so many threads
};

/// Replays one history again and again: sequential activities with payloads of 100 bytes, about 10,000 events, recorded on a
/// server in memory. `form` is "binary", "json" or "all".
[[nodiscard]] replay_report run_replay(std::chrono::milliseconds measure, unsigned jobs, const std::string& form);

[[nodiscard]] std::string as_json(const replay_report& report);
[[nodiscard]] std::string as_text(const replay_report& report);

}  // namespace perdure::bench
