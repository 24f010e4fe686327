#include "tests/fuzz/round_trip.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void message_json(std::string_view input) {
    parse_and_print<pb::service::StartWorkflowExecutionRequest>(input);
    parse_and_print<pb::service::RespondWorkflowTaskCompletedRequest>(input);
    parse_and_print<pb::failure::Failure>(input);
    parse_and_print<pb::common::Payloads>(input);
}

}  // namespace perdure::fuzz
