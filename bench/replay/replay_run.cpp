#include "bench/replay/replay_run.hpp"

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/replay/relay.hpp"
#include "bench/report/format.hpp"
#include "sdk/replayer/replay_session.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr int legs = 1'666;  // six events each

// How many events a second go through one loop of replays on each of so many threads.
double replay_for(std::chrono::milliseconds measure, std::string_view bytes, unsigned threads) {
    const auto types = relay_types().workflows();
    const detail::replay_settings settings{.types = {types.get()}, .level = replay_level::arguments};
    std::atomic<std::size_t> events{0};
    std::atomic<bool> failed{false};
    const auto began = clock::now();
    const auto loop = [&] {
        while (clock::now() - began < measure && !failed) {
            const auto source = detail::any_events(bytes, "relay", detail::event_parts::replayed);
            const auto outcome = detail::replay_events(*source, "relay", settings);
            if (outcome.verdict != replay_verdict::fits) failed = true;
            events += outcome.events;
        }
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back(loop);
    loop();
    for (std::thread& other : others) other.join();
    if (failed) throw std::runtime_error("the recorded history does not replay");
    return static_cast<double>(events) / std::chrono::duration<double>(clock::now() - began).count();
}

}  // namespace

replay_report run_replay(std::chrono::milliseconds measure, unsigned jobs, const std::string& form) {
    const history recorded = record_relay(legs);
    const std::string binary = recorded.to_binary();
    const std::string json = recorded.to_json();
    constexpr std::chrono::milliseconds warm_up{300};
    static_cast<void>(replay_for(warm_up, binary, 1));
    replay_report report{.events = recorded.size(), .binary_bytes = binary.size(), .json_bytes = json.size(), .jobs = jobs};
    if (form != "json") {
        report.binary_per_second = replay_for(measure, binary, 1);
        report.jobs_per_second = replay_for(measure, binary, jobs);
    }
    if (form != "binary") report.json_per_second = replay_for(measure, json, 1);
    return report;
}

std::string as_json(const replay_report& report) {
    return nlohmann::json{{"workload", "replay"},
                          {"events", report.events},
                          {"bytes", report.binary_bytes},
                          {"json_bytes", report.json_bytes},
                          {"events_per_second", std::round(report.binary_per_second)},
                          {"json_events_per_second", std::round(report.json_per_second)},
                          {"jobs", report.jobs},
                          {"jobs_events_per_second", std::round(report.jobs_per_second)}}
        .dump();
}

std::string as_text(const replay_report& report) {
    return "replay of " + std::to_string(report.events) + " events: " + rounded(report.binary_per_second, 0) +
           " events/s from binary (" + std::to_string(report.binary_bytes / 1000) + " KB), " +
           rounded(report.json_per_second, 0) + " from JSON (" + std::to_string(report.json_bytes / 1000) + " KB), " +
           rounded(report.jobs_per_second, 0) + " on " + std::to_string(report.jobs) + " threads, " +
           rounded(report.jobs_per_second / report.binary_per_second, 2) + " times as many as on one";
}

}  // namespace perdure::bench
