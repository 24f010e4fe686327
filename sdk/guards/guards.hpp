#pragma once

namespace perdure::guards {

/// Whether this program can trap calls of workflow code. False under sanitizers, which stand in for the same functions
/// themselves. Whoever calls this has the stand-ins linked into the program.
[[nodiscard]] bool available() noexcept;

/// Why not, as a sentence; empty when `available`.
[[nodiscard]] const char* why_unavailable() noexcept;

}  // namespace perdure::guards
