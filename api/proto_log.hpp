#pragma once

namespace perdure {

/// Keeps protobuf from writing to stderr about bytes that it refuses; whoever parses reports the refusal instead.
///
/// For the whole process, so programs call it (once, in main) and libraries do not.
void silence_protobuf_log() noexcept;

}  // namespace perdure
