#pragma once

#include <google/protobuf/message.h>

namespace perdure::conformance {

/// Clears what the recorder left out, at every depth: wall-clock times, task ids, sizes, links and deployment details.
/// Maps keep their keys whatever they are called, and a message that becomes empty stays set.
void clear_left_out(google::protobuf::Message& message);

}  // namespace perdure::conformance
