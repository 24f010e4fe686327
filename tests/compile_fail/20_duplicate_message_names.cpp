// expect: two entries of this list have the same name
#include "tests/compile_fail/payloads.hpp"

struct flow : perdure::contract<flow, "flow", void()> {
    static constexpr signal<"x", int> one{};
    static constexpr query<"x", int()> two{};
    static constexpr auto messages() { return perdure::list(one, two); }
};
constexpr auto messages = flow::messages();
