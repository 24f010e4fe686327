// expect: the mailbox must hold the type of the signal
#include "tests/compile_fail/flows.hpp"

struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, order);
    perdure::mailbox<int> approvals;
    static constexpr auto definition() { return perdure::define<flow>(&flow::run).on(order_flow::approval, &flow::approvals); }
};
constexpr auto defined = flow::definition();
