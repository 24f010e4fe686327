// Everything right: each mistake about workflow code is one step away from a line of this file.

#include "tests/compile_fail/flows.hpp"

namespace {

struct part final : perdure::workflow_part {
    perdure::task<int> stock(perdure::context ctx) { co_return co_await ctx.call(count, quick); }
};

class order_workflow final : public perdure::implements<order_flow> {
  public:
    static constexpr auto definition() {
        return perdure::define<order_workflow>(&order_workflow::run)
            .on(order_flow::approval, &order_workflow::approvals_)
            .on(order_flow::status, &order_workflow::status);
    }

  private:
    perdure::task<receipt> run(perdure::context ctx, order what) {
        const int left = co_await part_.stock(ctx);
        static_cast<void>(left);
        auto work = pay(ctx, what);
        const auto first = co_await perdure::race{ctx.receive(approvals_), ctx.sleep(72h)};
        static_cast<void>(first);
        co_await ctx.wait_until([this] { return ready_; });
        const auto draw = ctx.side_effect<"draw">([] { return 4; });
        static_cast<void>(draw);
        saga_.add(refund, what, quick);
        const auto undone = co_await saga_.compensate(ctx.shielded());
        static_cast<void>(undone);
        const auto captureless = [](perdure::context inner) -> perdure::task<void> { co_await inner.sleep(1s); };
        co_await captureless(ctx);
        co_return co_await std::move(work);
    }
    perdure::task<receipt> pay(perdure::context ctx, order what) { co_return co_await ctx.call(charge, what, quick); }
    std::string status() const { return "fine"; }

    bool ready_ = false;
    part part_;
    perdure::mailbox<bool> approvals_;
    perdure::saga saga_;
};

[[maybe_unused]] auto made() { return perdure::detail::make_workflow_type<order_workflow>(); }

}  // namespace
