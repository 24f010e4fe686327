#pragma once

#include <optional>
#include <perdure/workflow.hpp>

#include "contracts.hpp"

namespace shop {

/// Reserves, gets paid and ships one order; undoes what it did when a later step fails or somebody cancels.
class OrderWorkflow final : public perdure::implements<OrderFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<OrderWorkflow>(&OrderWorkflow::run)
            .on(OrderFlow::approval, &OrderWorkflow::approvals_)
            .on(OrderFlow::status, &OrderWorkflow::status)
            .on(OrderFlow::progress, &OrderWorkflow::progress);
    }

  private:
    perdure::task<OrderResult> run(perdure::context ctx, Order order);
    perdure::task<OrderResult> fulfil(perdure::context ctx, Order order);
    perdure::task<void> await_approval(perdure::context ctx, Order order);
    perdure::task<Receipt> pay(perdure::context ctx, Order order);
    perdure::task<void> tell_customer(perdure::context ctx, Order order, std::string text);

    OrderStatus status() const { return status_; }
    OrderProgress progress() const;

    OrderStatus status_;
    bool notified_ = false;
    perdure::mailbox<Approval> approvals_;
    perdure::saga saga_;
};

}  // namespace shop
