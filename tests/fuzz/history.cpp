#include "api/failure.hpp"
#include "tests/fuzz/round_trip.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void history(std::string_view input) {
    for (const auto unknown : {unknown_fields::refuse, unknown_fields::ignore}) {
        const auto read = parse_history(input, unknown);
        if (!read) continue;
        PERDURE_ASSERT(read->events_size() > 0, "a history that is accepted has events");
        expect_stable(*read, {});
        expect_stable(*read, {.payload_shorthand = true});
    }
    pb::history::History from_bytes;
    if (!from_bytes.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
    expect_stable(from_bytes, {});
    for (const auto& event : from_bytes.events()) {
        (void)describe_failure_chain(event.workflow_execution_failed_event_attributes().failure());
    }
}

}  // namespace perdure::fuzz
