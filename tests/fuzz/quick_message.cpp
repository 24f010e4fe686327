#include "tests/fuzz/same_reading.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void quick_message(std::string_view input) {
    (void)read_the_same_always(input, pb::history::HistoryEvent::default_instance());
    (void)read_the_same_always(input, pb::history::History::default_instance());
    (void)read_the_same_always(input, pb::service::StartWorkflowExecutionRequest::default_instance());
    (void)read_the_same_always(input, pb::service::RespondWorkflowTaskCompletedRequest::default_instance());
    (void)read_the_same_always(input, pb::failure::Failure::default_instance());
    (void)read_the_same_always(input, pb::common::Payloads::default_instance());
}

}  // namespace perdure::fuzz
