#include "sdk/replay/likely_cause.hpp"

#include <algorithm>

#include "sdk/replay/call_site.hpp"
#include "sdk/replay/turns.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure::detail {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::size_t find_produced(const parted_sequences& both, const pb::history::HistoryEvent& event) {
    for (std::size_t i = 0; i < both.produced.size(); ++i)
        if (similar(both.produced[i], event)) return i;
    return nowhere;
}

std::size_t find_recorded(const parted_sequences& both, const command_entry& command) {
    for (std::size_t i = 0; i < both.recorded.size(); ++i)
        if (similar(command, *both.recorded[i])) return i;
    return nowhere;
}

std::string at(const std::string& site) { return site.empty() ? std::string() : " at " + site; }

std::string of_fields(const mismatch& found) {
    std::string names;
    for (const mismatch::field& field : found.fields) names += (names.empty() ? "" : ", ") + field.name;
    const bool options_only = found.number == "PD-1006" && !found.fields.front().site.empty();
    if (options_only) return "the options" + at(found.fields.front().site) + " were edited, or the call takes others: " + names;
    return "the call was edited, or a value that goes into it is computed in another way: " + names;
}

std::string of_end(const mismatch& found, const parted_sequences& both) {
    if (found.expected.empty())
        return "the code comes to its end earlier: a loop, a wait or a call behind this place was removed";
    if (found.produced.empty() && !both.recorded.empty() && ends_run(both.recorded[0]->event_type()))
        return "the code waits for something that it did not wait for when this run ended";
    if (!both.recorded.empty() && !ends_run(both.recorded[0]->event_type()))
        return "the call" + at(found.expected_site) +
               " was removed or is skipped: a throw, a return or a condition in front of it ends the workflow before";
    return "a call was added before the end, or the workflow now ends with another outcome";
}

std::string of_missing(const mismatch& found) {
    return "the call" + at(found.expected_site) +
           " was removed, moved behind a later wait, or a condition or a handler in front of it decides otherwise";
}

std::string of_extra(const mismatch& found) {
    return "the call" + at(found.produced_site) +
           " was added, or a loop or a condition in front of it lets one more through; a file that was cut off looks the same";
}

}  // namespace

std::string earlier_cause(const std::vector<mismatch>& warnings) {
    const auto first =
        std::find_if(warnings.begin(), warnings.end(), [](const mismatch& each) { return each.number == "PD-1005"; });
    if (first == warnings.end()) return {};
    return "it begins at event " + std::to_string(first->event_id) + ", the " + first->expected + at(first->expected_site) +
           ", which has other arguments now: the call may be another one of the same name";
}

std::string likely_cause(const mismatch& found, const parted_sequences& both) {
    if (found.number == "PD-1007")
        return "a statement that ran in this task, in front of where the coroutines wait now or in a handler, sets the state to "
               "something else than before";
    if (!found.fields.empty()) return of_fields(found);
    if (found.number == "PD-1004") return of_end(found, both);
    if (both.produced.empty()) return of_missing(found);
    if (both.here == 0) return of_extra(found);

    const command_entry& produced = both.produced.front();
    const pb::history::HistoryEvent& recorded = *both.recorded.front();
    if (similar(produced, recorded))
        return "it is the same call with another number: a call in front of it was added, removed or cancelled";
    const std::size_t recorded_again = find_recorded(both, produced);
    const std::size_t produced_again = find_produced(both, recorded);
    if (produced_again != nowhere && recorded_again != nowhere && recorded_again < both.here)
        return "calls were swapped: the order of the lines" + at(found.produced_site) +
               ", of the branches of a combinator, or of a loop over an unordered container";
    if (produced_again != nowhere)
        return "the call" + at(found.produced_site) + " was added in front of the one that history has here";
    if (recorded_again != nowhere && recorded_again < both.here)
        return "the call" + at(found.expected_site) + " was removed or is skipped";
    if (recorded_again != nowhere)
        return "the call" + at(found.expected_site) + " was removed, skipped, or moved behind the one at event " +
               std::to_string(both.recorded[recorded_again]->event_id());
    if (recorded_site(recorded) == found.produced_site && !found.produced_site.empty())
        return "the line" + at(found.produced_site) + " calls something else than before";
    return "the call" + at(found.produced_site) +
           " was added or replaces the one that history has here; a condition that reads "
           "the clock, a random number or the environment does the same";
}

}  // namespace perdure::detail
