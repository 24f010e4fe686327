// expect: a query answers with a value; to change state use a signal
#include "tests/compile_fail/payloads.hpp"

struct flow : perdure::contract<flow, "flow", void()> {
    static constexpr query<"poke", void()> poke{};
};
