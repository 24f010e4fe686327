// expect: run must take perdure::context and then the input of the contract's signature
#include "tests/compile_fail/flows.hpp"

struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, int);
    static constexpr auto definition() { return perdure::define<flow>(&flow::run); }
};
constexpr auto defined = flow::definition();
