#include <perdure/replayer.hpp>

#include "api/assert.hpp"
#include "sdk/replayer/event_source.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {
namespace {

// What was imported exports to something that imports as the same again.
void expect_round_trip(const perdure::history& imported) {
    const std::string bytes = imported.to_binary();
    PERDURE_ASSERT(perdure::history::from_binary(bytes).to_binary() == bytes, "the binary form is stable");
    std::string text;
    try {
        text = imported.to_json();
    } catch (const history_error&) {
        return;  // bytes may hold what JSON cannot
    }
    PERDURE_ASSERT(perdure::history::from_json(text).to_json() == text, "the JSON form is stable");
}

}  // namespace

void recorded_events(std::string_view input) {
    using opened = std::unique_ptr<detail::event_source>;
    for (const auto open : {+[](std::string_view bytes) -> opened { return detail::any_events(bytes, "input"); },
                            +[](std::string_view bytes) -> opened { return detail::json_events(bytes, "input"); },
                            +[](std::string_view bytes) -> opened { return detail::binary_events(bytes, "input"); }}) {
        try {
            const auto source = open(input);
            for (pb::history::HistoryEvent event; source->next(event); event.Clear()) {
                PERDURE_ASSERT(source->position() <= input.size(), "a source reads within its bytes");
            }
        } catch (const history_error& refused) {
            PERDURE_ASSERT(std::string_view(refused.what()).starts_with("input"), "a refusal names its source");
        }
    }
    for (const auto& read : {perdure::history::from_json, perdure::history::from_binary}) {
        try {
            expect_round_trip(read(input, "input"));
        } catch (const history_error& refused) {
            PERDURE_ASSERT(std::string_view(refused.what()).starts_with("input"), "a refusal names its source");
        }
    }
}

}  // namespace perdure::fuzz
