#include "sdk/replay/explain.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "sdk/replay/call_site.hpp"
#include "sdk/replay/likely_cause.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure::detail {
namespace {

using side = mismatch::line::side;

constexpr std::size_t lines_before = 3;
constexpr std::size_t lines_after = 8;

mismatch::line recorded_line(const pb::history::HistoryEvent& event, side from) {
    return {.from = from, .event_id = event.event_id(), .text = describe(event), .site = recorded_site(event)};
}

mismatch::line produced_line(const command_entry& command) {
    return {.from = side::produced, .text = describe(command), .site = site_text(command)};
}

// The longest common subsequence of a few lines, by likeness.
class alignment {
  public:
    alignment(const recorded_commands& recorded, const std::deque<command_entry>& produced)
        : recorded_(recorded),
          produced_(produced),
          rows_(std::min(recorded.size(), lines_after)),
          columns_(std::min(produced.size(), lines_after)),
          common_((rows_ + 1) * (columns_ + 1), 0) {
        for (std::size_t row = rows_; row-- > 0;) {
            for (std::size_t column = columns_; column-- > 0;) {
                at(row, column) = similar(produced_[column], *recorded_[row])
                                      ? at(row + 1, column + 1) + 1
                                      : std::max(at(row + 1, column), at(row, column + 1));
            }
        }
    }

    // `here` is how many of the recorded ones belong to the task at fault: what comes later was not reached.
    [[nodiscard]] std::vector<mismatch::line> lines(std::size_t here) {
        std::vector<mismatch::line> made;
        std::size_t row = 0;
        std::size_t column = 0;
        while (row < rows_ || column < columns_) {
            const bool both = row < rows_ && column < columns_;
            if (both && similar(produced_[column], *recorded_[row])) {
                made.push_back(recorded_line(*recorded_[row], side::both));
                ++row;
                ++column;
            } else if (column < columns_ && (row >= rows_ || at(row, column + 1) > at(row + 1, column))) {
                made.push_back(produced_line(produced_[column++]));
            } else if (row < rows_) {
                if (column >= columns_ && row >= here && !made.empty()) {
                    mismatch::line later = recorded_line(*recorded_[row], side::both);
                    later.text += ", not reached";
                    made.push_back(std::move(later));
                } else {
                    made.push_back(recorded_line(*recorded_[row], side::recorded));
                }
                ++row;
            }
        }
        return made;
    }

  private:
    [[nodiscard]] std::size_t& at(std::size_t row, std::size_t column) { return common_[row * (columns_ + 1) + column]; }

    const recorded_commands& recorded_;
    const std::deque<command_entry>& produced_;
    std::size_t rows_;
    std::size_t columns_;
    std::vector<std::size_t> common_;
};

}  // namespace

mismatch explain(mismatch found, const event_list& events, const std::deque<command_entry>& waiting,
                 const std::vector<mismatch>& warnings) {
    recorded_commands before;
    recorded_commands after;
    std::size_t here = 0;
    bool same_task = true;
    for (const pb::history::HistoryEvent& event : events) {
        const bool past = event.event_id() > found.event_id;
        if (past && event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) same_task = false;
        if (!is_command_event(event.event_type())) continue;
        // Without a recorded side the place is behind the event.
        if (past || (event.event_id() == found.event_id && !found.expected.empty())) {
            after.push_back(&event);
            if (same_task) ++here;
        } else {
            before.push_back(&event);
        }
    }
    if (found.expected.empty()) here = 0;
    const std::size_t first = before.size() > lines_before ? before.size() - lines_before : 0;
    for (std::size_t i = first; i < before.size(); ++i) found.lines.push_back(recorded_line(*before[i], side::both));
    if (found.number == "PD-1007") {
        // The commands of this task have not been compared yet, and are not what differs.
        for (std::size_t i = 0; i < here; ++i) found.lines.push_back(recorded_line(*after[i], side::both));
    } else {
        for (mismatch::line& line : alignment(after, waiting).lines(here)) found.lines.push_back(std::move(line));
    }
    if (found.cause.empty()) found.cause = earlier_cause(warnings);
    if (found.cause.empty()) found.cause = likely_cause(found, {.recorded = after, .here = here, .produced = waiting});
    return found;
}

}  // namespace perdure::detail
