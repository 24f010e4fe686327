// expect: a message that the contract lists in messages\(\) is not bound
#include "tests/compile_fail/flows.hpp"

struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, order);
    perdure::mailbox<bool> approvals;
    static constexpr auto definition() { return perdure::define<flow>(&flow::run).on(order_flow::approval, &flow::approvals); }
};
auto made() { return perdure::detail::make_workflow_type<flow>(); }
