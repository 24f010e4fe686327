#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include <perdure/testing.hpp>
#include <perdure/workflow.hpp>

// A small shop: enough of an order to have approvals, retries and an undo.
namespace shop {

using namespace std::chrono_literals;

struct Order {
    std::string id;
    std::int64_t cents = 0;
    bool needs_approval = false;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id, cents, needs_approval))
struct Receipt {
    std::string charge_id;
};
BOOST_DESCRIBE_STRUCT(Receipt, (), (charge_id))
struct Approval {
    bool granted = false;
    std::string by;
};
BOOST_DESCRIBE_STRUCT(Approval, (), (granted, by))
struct Result {
    std::string stage;
    std::string charge_id;
};
BOOST_DESCRIBE_STRUCT(Result, (), (stage, charge_id))

struct OrderRejected : perdure::app_error<OrderRejected, "OrderRejected", perdure::never_retry> {
    using app_error::app_error;
};
struct CardDeclined : perdure::app_error<CardDeclined, "CardDeclined"> {
    using app_error::app_error;
};
struct FraudSuspected : perdure::app_error<FraudSuspected, "FraudSuspected"> {
    using app_error::app_error;
};

namespace act {
inline constexpr perdure::activity<"inventory.reserve", void(Order)> reserve{};
inline constexpr perdure::activity<"inventory.release", void(Order)> release{};
inline constexpr perdure::activity<"payment.charge", Receipt(Order)> charge{};
}  // namespace act

struct OrderFlow : perdure::contract<OrderFlow, "order.fulfil", Result(Order)> {
    static constexpr signal<"approval", Approval> approval{};
    static constexpr query<"stage", std::string()> stage{};
    static constexpr auto messages() { return perdure::list(approval, stage); }
};

inline constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s), .retry = {.max_attempts = 5}};
inline constexpr perdure::activity_options card{.timeouts = perdure::start_to_close(20s),
                                                .retry = {.initial = 1s,
                                                          .backoff = 2.0,
                                                          .max_interval = 30s,
                                                          .max_attempts = 4,
                                                          .non_retryable = perdure::error_types<FraudSuspected>}};

class OrderWorkflow final : public perdure::implements<OrderFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<OrderWorkflow>(&OrderWorkflow::run)
            .on(OrderFlow::approval, &OrderWorkflow::approvals_)
            .on(OrderFlow::stage, &OrderWorkflow::stage);
    }

  private:
    perdure::task<Result> run(perdure::context ctx, Order order) {
        auto done = co_await perdure::outcome_of(fulfil(ctx, order));
        if (done) co_return *std::move(done);
        stage_ = "undoing";
        const perdure::undo_report undone = co_await saga_.compensate(ctx.shielded());
        stage_ = "undone";
        done.rethrow(undone);
    }

    perdure::task<Result> fulfil(perdure::context ctx, Order order) {
        saga_.add(act::release, order, quick);
        co_await ctx.call(act::reserve, order, quick);
        stage_ = "reserved";
        if (order.needs_approval) co_await await_approval(ctx);
        const Receipt receipt = co_await ctx.call(act::charge, order, card);
        stage_ = "charged";
        Result result{.stage = stage_, .charge_id = receipt.charge_id};
        co_return result;
    }

    perdure::task<void> await_approval(perdure::context ctx) {
        stage_ = "awaiting approval";
        const std::optional<Approval> verdict = co_await ctx.timeout(72h, ctx.receive(approvals_));
        if (!verdict) throw OrderRejected{"nobody approved within 72 hours"};
        if (!verdict->granted) throw OrderRejected{"rejected by " + verdict->by};
    }

    std::string stage() const { return stage_; }

    std::string stage_ = "received";
    perdure::mailbox<Approval> approvals_;
    perdure::saga saga_;
};

}  // namespace shop
