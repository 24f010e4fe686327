#pragma once

#include <pthread.h>

#include <string>

namespace perdure::detail {

/// The stack of another thread of this process, a line a frame; empty when it does not answer in time (it is told by a
/// signal, which a thread that blocks all signals never sees). One caller at a time.
[[nodiscard]] std::string native_stack_of(pthread_t thread);

/// Whether somebody debugs this process, who must not be disturbed by limits on time: a tracer is attached, or
/// PERDURE_DEBUG=1 is set.
[[nodiscard]] bool is_debugged();

}  // namespace perdure::detail
