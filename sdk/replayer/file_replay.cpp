#include "sdk/replayer/file_replay.hpp"

#include "sdk/replayer/history_content.hpp"
#include "sdk/replayer/mapped_file.hpp"

namespace perdure::detail {
namespace {

constexpr std::size_t most_bytes_for_a_second_look = std::size_t{256} << 20U;

}  // namespace

replay_report replay_file(const std::filesystem::path& file, const replay_settings& settings) {
    mapped_file mapped(file);
    replay_settings own = settings;
    own.progress = [&](std::size_t position) {
        mapped.forget_before(position);
        if (settings.progress) settings.progress(position);
    };
    const std::string name = file.string();
    // Watchers see events in full, and payloads are decoded wherever they are.
    const bool lean = settings.watcher == nullptr && settings.conversion == nullptr;
    const auto parts = lean ? event_parts::replayed : event_parts::all;
    replay_outcome outcome = replay_events(*any_events(mapped.bytes(), name, parts), name, own);
    if (outcome.found && settings.watcher == nullptr && mapped.bytes().size() <= most_bytes_for_a_second_look) {
        const history_content whole(*any_events(mapped.bytes(), name), name);
        replay_outcome again = replay_history(whole.events(), settings);
        if (again.found) outcome = std::move(again);
    }
    return {name, std::move(outcome)};
}

}  // namespace perdure::detail
