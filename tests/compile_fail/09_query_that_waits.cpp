// expect: a query cannot wait: return the answer itself
#include "tests/compile_fail/flows.hpp"

struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, order);
    perdure::task<std::string> status(perdure::context) const;
    static constexpr auto definition() { return perdure::define<flow>(&flow::run).on(order_flow::status, &flow::status); }
};
constexpr auto defined = flow::definition();
