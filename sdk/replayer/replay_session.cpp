#include "sdk/replayer/replay_session.hpp"

#include <google/protobuf/arena.h>

#include <array>
#include <memory>
#include <utility>

#include "sdk/activity/activity_registry.hpp"

namespace perdure::detail {
namespace {

using google::protobuf::Arena;
using pb::history::History;
using pb::history::HistoryEvent;

// Enough that a part costs nothing, few enough that a part stays in the processor's cache.
constexpr int events_of_a_part = 256;

replay_verdict verdict_of(const activation_result& result) {
    switch (result.trouble) {
        case task_problem::none:
        case task_problem::code:
            return replay_verdict::failed;
        case task_problem::mismatch:
            return result.found->number == "PD-1009" ? replay_verdict::refused : replay_verdict::differs;
        case task_problem::payload:
            return replay_verdict::undecodable;
        case task_problem::newer_sdk:
            return replay_verdict::refused;
    }
    return replay_verdict::failed;
}

// One run and the part of its history that is in memory.
class session {
  public:
    explicit session(const replay_settings& settings) : settings_(settings) {}

    /// False when the replay is over before its end.
    bool apply(const History& part, bool last) {
        if (run_ == nullptr && !begin(part.events(0))) return false;
        const HistoryEvent& end = *part.events().rbegin();
        if (last && end.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) outcome_.ends_inside = end.event_id();
        activation_result result = run_->replay(part.events(), last, environment_);
        for (mismatch& difference : result.warnings) outcome_.warnings.push_back(std::move(difference));
        if (result.kind == activation_kind::completed) return true;
        outcome_.verdict = result.kind == activation_kind::failed ? verdict_of(result) : replay_verdict::refused;
        outcome_.message = result.found ? summary_of(*result.found) : result.failed.failure().message();
        outcome_.stack = result.failed.failure().stack_trace();
        outcome_.found = std::move(result.found);
        return false;
    }

    void fail(replay_verdict verdict, std::string message) {
        outcome_.verdict = verdict;
        outcome_.message = std::move(message);
    }

    void count(int events) { outcome_.events += static_cast<std::size_t>(events); }
    replay_outcome take() { return std::move(outcome_); }

  private:
    bool begin(const HistoryEvent& first) {
        const auto& started = first.workflow_execution_started_event_attributes();
        const std::string& type_name = started.workflow_type().name();
        const workflow_type* type = find(type_name);
        if (type == nullptr) return false;
        environment_.watcher = settings_.watcher;
        environment_.rules = {.level = settings_.level, .ends = true};
        if (settings_.level_of != nullptr) {
            const auto own = settings_.level_of->find(type_name);
            if (own != settings_.level_of->end()) environment_.rules.level = own->second;
        }
        run_ = std::make_unique<workflow_run>(*type, run_identity{.space = "default",
                                                                  .workflow_id = started.workflow_id(),
                                                                  .run_id = started.original_execution_run_id(),
                                                                  .workflow_type = type_name,
                                                                  .task_queue = started.task_queue().name()});
        return true;
    }

    const workflow_type* find(const std::string& name) {
        std::vector<std::string> known;
        for (const workflow_registry* types : settings_.types) {
            if (const workflow_type* type = types->find(name)) return type;
            for (std::string& other : types->names()) known.push_back(std::move(other));
        }
        fail(replay_verdict::unknown_type, unknown_type_message("workflow type", name, known));
        return nullptr;
    }

    const replay_settings& settings_;
    std::unique_ptr<workflow_run> run_;
    activation_environment environment_;
    replay_outcome outcome_;
};

// Where a part may end: with the beginning of a task that follows a completed one, whose commands then all stand in the part.
bool is_full(const History& part) {
    const auto& events = part.events();
    if (events.size() < events_of_a_part) return false;
    if (events.rbegin()->event_type() != pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) return false;
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        if (event->event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return true;
        if (event->event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) return false;
    }
    return false;
}

// The first event that the next part needs again: the task's completion and what came of it.
int unapplied_from(const History& part) {
    int from = part.events_size();
    while (from > 0 && part.events(from - 1).event_type() != pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) --from;
    return from;
}

}  // namespace

replay_outcome replay_history(const History& whole, const replay_settings& settings) {
    session one(settings);
    one.count(whole.events_size());
    if (settings.conversion == nullptr) {
        one.apply(whole, true);
        return one.take();
    }
    History decoded = whole;
    if (const auto trouble = settings.conversion->decode(decoded)) {
        one.fail(replay_verdict::undecodable, *trouble);
    } else {
        one.apply(decoded, true);
    }
    return one.take();
}

replay_outcome replay_events(event_source& source, const std::string& name, const replay_settings& settings) {
    session one(settings);
    event_order order(name);
    std::array<Arena, 2> arenas;
    std::size_t present = 0;
    History* part = Arena::CreateMessage<History>(&arenas[present]);
    while (true) {
        HistoryEvent& event = *part->add_events();
        const bool more = source.next(event);
        if (more) {
            order.check(event);
            one.count(1);
            if (settings.conversion != nullptr) {
                if (const auto trouble = settings.conversion->decode(event)) {
                    one.fail(replay_verdict::undecodable, *trouble);
                    break;
                }
            }
            if (!is_full(*part)) continue;
        } else {
            part->mutable_events()->RemoveLast();
            order.finish();
        }
        if (settings.progress) settings.progress(source.position());
        if (!one.apply(*part, !more) || !more) break;
        present = 1 - present;
        arenas[present].Reset();
        History* next = Arena::CreateMessage<History>(&arenas[present]);
        for (int i = unapplied_from(*part); i < part->events_size(); ++i) *next->add_events() = part->events(i);
        part = next;
    }
    return one.take();
}

}  // namespace perdure::detail
