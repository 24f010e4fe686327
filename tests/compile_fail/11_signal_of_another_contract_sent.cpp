// expect: this message belongs to another contract
#include "tests/compile_fail/flows.hpp"

#include <perdure/client.hpp>

struct other_flow : perdure::contract<other_flow, "other", void()> {
    static constexpr signal<"stop"> stop{};
};

void made(const perdure::run_handle<order_flow>& run) { run.signal(other_flow::stop); }
