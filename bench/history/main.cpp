// perdure-bench-history: how fast an exported history is read, in CPU time of one core. The ways take turns, so that a machine
// whose speed changes slows all of them. With a text, only the ways whose names have it.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "api/assert.hpp"
#include "api/json.hpp"
#include "bench/history/recorded.hpp"
#include "sdk/replayer/event_source.hpp"

namespace {

using namespace perdure;

constexpr std::size_t events_wanted = 10'000;
constexpr int turns = 15;

struct way {
    std::string name;
    std::function<void()> run;
    std::vector<double> seconds{};
};

double cpu_seconds() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

void read_by_source(const std::string& text, int events) {
    const auto source = detail::json_events(text, "bench");
    pb::history::History into;
    while (source->next(*into.add_events())) continue;
    PERDURE_ASSERT(into.events_size() == events + 1, "every event is read");
}

/// As a program reads JSON that it knows nothing of: a json_value of each event, then the message.
void read_thoroughly(const std::vector<std::string>& texts) {
    pb::history::History into;
    for (const std::string& text : texts) {
        const auto value = parse_json(text);
        const bool read = value && parse_message(*value, *into.add_events(), {.payload_shorthand = false});
        PERDURE_ASSERT(read, "every event is read");
    }
}

void report(const way& measured, int events, std::size_t bytes) {
    std::vector<double> sorted = measured.seconds;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[sorted.size() / 2];
    std::printf("%-34s %10.0f events/s (best %10.0f)  %6.3f us an event  %6.1f MB/s\n", measured.name.c_str(), events / median,
                events / sorted.front(), median / events * 1e6, static_cast<double>(bytes) / median * 1e-6);
}

}  // namespace

int main(int argc, char** argv) {
    const pb::history::History history = bench::sequential_activities(events_wanted, 100);
    const int events = history.events_size();
    const std::string pretty = print_history(history, json_style::pretty).value();
    const std::string compact = print_history(history, json_style::compact).value();
    const std::string binary = history.SerializeAsString();
    std::vector<std::string> texts;
    for (const auto& event : history.events()) texts.push_back(print_message(event, {.style = json_style::pretty}).value());

    std::vector<way> ways{
        {"pretty, event by event", [&] { read_by_source(pretty, events); }},
        {"compact, event by event", [&] { read_by_source(compact, events); }},
        {"pretty, as a whole", [&] { PERDURE_ASSERT(parse_history(pretty).has_value(), "it is read"); }},
        {"pretty, thorough reader", [&] { read_thoroughly(texts); }},
        {"binary, for comparison",
         [&] {
             pb::history::History into;
             PERDURE_ASSERT(into.ParseFromString(binary), "it is read");
         }},
        {"writing, pretty", [&] { PERDURE_ASSERT(print_history(history).has_value(), "it is written"); }},
    };
    if (argc > 1) std::erase_if(ways, [&](const way& named) { return named.name.find(argv[1]) == std::string::npos; });
    for (int turn = 0; turn < turns; ++turn) {
        for (way& measured : ways) {
            const double begin = cpu_seconds();
            measured.run();
            measured.seconds.push_back(cpu_seconds() - begin);
        }
    }
    std::printf("%d events; %zu bytes pretty, %zu compact, %zu binary\n", events, pretty.size(), compact.size(), binary.size());
    for (const way& measured : ways) {
        const bool is_binary = measured.name.starts_with("binary");
        const bool is_compact = measured.name.starts_with("compact");
        report(measured, events, is_binary ? binary.size() : is_compact ? compact.size() : pretty.size());
    }
}
