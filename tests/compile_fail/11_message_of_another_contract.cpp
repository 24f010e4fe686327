// expect: this message belongs to another contract
#include "tests/compile_fail/flows.hpp"

struct other_flow : perdure::contract<other_flow, "other", void()> {
    static constexpr signal<"stop"> stop{};
};
struct flow : perdure::implements<order_flow> {
    perdure::task<receipt> run(perdure::context, order);
    perdure::mailbox<void> stops;
    static constexpr auto definition() { return perdure::define<flow>(&flow::run).on(other_flow::stop, &flow::stops); }
};
constexpr auto defined = flow::definition();
