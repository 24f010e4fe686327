#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "cli/render/style.hpp"

namespace perdure::cli {

/// One event as a person reads it.
struct history_line {
    std::int64_t id = 0;
    std::string time;
    std::string words;
    std::string what;
    /// The identity of who caused it, where the event tells.
    std::string who;
    /// A failure and its causes, the outermost first.
    std::vector<std::string> failures;
    tone how = tone::plain;
};

struct history_style {
    bool colour = false;
    /// Columns for what an event says; longer texts end in an ellipsis.
    std::size_t what_columns = 120;
    /// Adds stack traces and every attribute.
    bool detailed = false;
};

/// Turns events into lines. Later events refer to earlier ones by number only, so it must see them in order.
class history_reader {
  public:
    explicit history_reader(history_style style) : style_(style) {}

    [[nodiscard]] history_line read(const pb::history::HistoryEvent& event);

    /// The line as printed, with its failure chain below it.
    [[nodiscard]] std::string print(const pb::history::HistoryEvent& event);

  private:
    void read_workflow(const pb::history::HistoryEvent& event, history_line& line);
    void read_workflow_task(const pb::history::HistoryEvent& event, history_line& line);
    void read_activity(const pb::history::HistoryEvent& event, history_line& line);
    void read_other(const pb::history::HistoryEvent& event, history_line& line);
    [[nodiscard]] std::string activity(std::int64_t scheduled_event_id) const;
    [[nodiscard]] std::vector<std::string> chain(const pb::failure::Failure& failure) const;

    history_style style_;
    std::map<std::int64_t, std::string> activities_{};
    std::map<std::int64_t, std::string> timers_{};
};

/// Failed is bad, timed out is late, cancelled and terminated are stopped, completed is good, started is begun.
[[nodiscard]] tone event_tone(pb::enums::EventType type) noexcept;

}  // namespace perdure::cli
