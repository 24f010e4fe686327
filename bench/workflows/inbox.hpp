#pragma once

// A workflow that waits for signals.

#include <perdure/contract.hpp>
#include <perdure/worker.hpp>
#include <string>

namespace perdure::bench {

/// Waits for so many letters, and answers how many it has read.
struct InboxFlow : contract<InboxFlow, "bench.inbox", int(int)> {
    static constexpr signal<"letter", std::string> letter{};
    static constexpr auto messages() { return perdure::list(letter); }
};

void add_inbox(worker& to);

}  // namespace perdure::bench
