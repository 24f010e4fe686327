#include "sdk/replayer/tracer.hpp"

#include "api/iso_time.hpp"
#include "api/time_convert.hpp"
#include "sdk/replay/call_site.hpp"
#include "sdk/replay/state_fingerprint.hpp"
#include "sdk/replay/wording.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {
namespace {

std::string numbered(std::int64_t id) {
    std::string text = std::to_string(id);
    text.insert(0, text.size() < 6 ? 6 - text.size() : 0, ' ');
    return text;
}

constexpr const char* indent = "        ";

}  // namespace

void tracer::event(const run&, const pb::history::HistoryEvent& event) {
    const std::string words = teller_.tell(event);
    write_(numbered(event.event_id()) + "  " + to_rfc3339(from_timestamp(event.event_time())) + "  " +
           event_type_text(event.event_type()) + (words.empty() ? "" : "  " + words) + "\n");
}

void tracer::woke(const run&, const frame_base&, const site& at) {
    write_(std::string(indent) + "wakes  " + (at.line == 0 ? "a coroutine that begins" : site_text(at)) + "\n");
}

void tracer::issued(const run&, const command_entry& command, std::int64_t event_id) {
    const std::string where = site_text(command);
    write_(std::string(indent) + "makes  " + describe(command) + (where.empty() ? "" : " at " + where) +
           (event_id == 0 ? ", which history does not have\n" : " (event " + std::to_string(event_id) + ")\n"));
}

void tracer::task_done(const run& live, std::int64_t) {
    if (live.type().state.empty() || live.object() == nullptr) return;
    std::string now = state_json(live.type(), live.object());
    if (now == state_) return;
    state_ = std::move(now);
    write_(std::string(indent) + "state  " + state_ + "\n");
}

}  // namespace perdure::detail
