#pragma once

#include <string_view>

namespace perdure::guards {

/// Why a call does not belong into workflow code.
enum class ban : unsigned char { clock, sleep, entropy, network, file, thread, process, environment, wait };

/// What is wrong with it and what to do instead, as the end of a sentence.
[[nodiscard]] constexpr std::string_view remedy(ban reason) noexcept {
    switch (reason) {
        case ban::clock:
            return "the answer differs at replay; use ctx.now()";
        case ban::sleep:
            return "it holds up every run of its thread and is gone with the process; use ctx.sleep()";
        case ban::entropy:
            return "the answer differs at replay; use ctx.random() or ctx.uuid4()";
        case ban::network:
            return "a replay would do it again; use the network in an activity";
        case ban::file:
            return "the content may differ at replay; use files in an activity";
        case ban::thread:
            return "what other threads do is in no history; use ctx.spawn() for branches, and an activity for work on threads";
        case ban::process:
            return "a replay would do it again; start processes in an activity";
        case ban::environment:
            return "another worker has another environment; pass it in the workflow's input, or ask an activity";
        case ban::wait:
            break;
    }
    return "it holds up every run of its thread until another thread goes on; wait with ctx.wait_until() or a mailbox, and share "
           "data in activities";
}

}  // namespace perdure::guards
