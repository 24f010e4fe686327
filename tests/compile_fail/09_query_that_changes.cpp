// expect: a query must not change the workflow: make its member function const
#include "tests/compile_fail/flows.hpp"

struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, order);
    std::string status();
    static constexpr auto definition() { return perdure::define<flow>(&flow::run).on(order_flow::status, &flow::status); }
};
constexpr auto defined = flow::definition();
