#include "order.workflow.hpp"

using namespace std::chrono_literals;

namespace shop {
namespace {

constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s),
                                          .retry = {.initial = 200ms, .backoff = 2.0, .max_interval = 5s, .max_attempts = 8}};

// An undo never gives up: what was taken is given back, however long the other side is away.
constexpr perdure::activity_options undo{.timeouts = perdure::start_to_close(10s),
                                         .retry = {.initial = 200ms, .backoff = 2.0, .max_interval = 5min}};

constexpr perdure::activity_options card{.timeouts = perdure::start_to_close(2s).and_schedule_to_close(10min),
                                         .retry = {.initial = 200ms,
                                                   .backoff = 2.0,
                                                   .max_interval = 30s,
                                                   .max_attempts = 5,
                                                   .non_retryable = perdure::error_types<FraudSuspected, InsufficientFunds>}};

constexpr perdure::activity_options courtesy{.timeouts = perdure::start_to_close(5s),
                                             .retry = {.initial = 200ms, .backoff = 2.0, .max_interval = 1s, .max_attempts = 2}};

static_assert(perdure::valid(quick) && perdure::valid(undo) && perdure::valid(card) && perdure::valid(courtesy));

}  // namespace

perdure::task<OrderResult> OrderWorkflow::run(perdure::context ctx, Order order) {
    auto done = co_await perdure::outcome_of(fulfil(ctx, order));
    if (done) co_return *std::move(done);

    status_.stage = Stage::undoing;
    const perdure::undo_report undone = co_await saga_.compensate(ctx.shielded());
    status_.stage = undone.complete() ? Stage::undone : Stage::needs_help;
    co_await tell_customer(ctx.shielded(), order, "your order could not be completed; nothing was charged");
    done.rethrow(undone);
}

perdure::task<OrderResult> OrderWorkflow::fulfil(perdure::context ctx, Order order) {
    co_await ctx.call(act::validate, order, quick);
    status_.stage = Stage::validated;

    const Hold hold{.key = ctx.uuid4("hold"), .order_id = order.id, .lines = order.lines};
    saga_.add(act::release, hold, undo);  // before the step: its outcome may stay unknown
    co_await ctx.call(act::reserve, hold, quick);
    status_.stage = Stage::reserved;

    if (order.amount_cents > order.approval.above_cents) co_await await_approval(ctx, order);

    const Receipt receipt = co_await pay(ctx, order);
    status_.stage = Stage::charged;

    const Parcel parcel{.key = ctx.uuid4("parcel"),
                        .order_id = order.id,
                        .customer = order.customer,
                        .address = order.address,
                        .lines = order.lines};
    saga_.add(act::recall, parcel, undo);
    const Shipment shipment = co_await ctx.call(act::book, parcel, quick);
    status_.stage = Stage::shipped;
    status_.note = "tracking " + shipment.tracking;

    // From here on the goods are on their way: a cancel comes too late, and a bounced mail is not worth an undo.
    co_await tell_customer(ctx.shielded(), order, "your order is on its way: " + shipment.tracking);
    OrderResult result{.stage = Stage::shipped,
                       .charge_id = receipt.charge_id,
                       .channel = receipt.channel,
                       .tracking = shipment.tracking,
                       .notified = notified_};
    co_return result;
}

perdure::task<void> OrderWorkflow::await_approval(perdure::context ctx, Order order) {
    status_.stage = Stage::awaiting_approval;
    const auto deadline = ctx.now() + order.approval.give_up_after;
    while (ctx.now() < deadline) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - ctx.now());
        const auto patience = std::min(order.approval.remind_every, left);
        const std::optional<Approval> verdict = co_await ctx.timeout(patience, ctx.receive(approvals_));
        if (verdict) {
            status_.decisions.push_back({.by = verdict->by, .at = perdure::to_text(ctx.now()), .granted = verdict->granted});
            if (!verdict->granted) throw OrderRejected{"rejected by " + verdict->by};
            status_.stage = Stage::approved;
            status_.note = "approved by " + verdict->by;
            co_return;
        }
        if (ctx.now() >= deadline) break;
        ++status_.reminders;
        const Notice reminder{.key = ctx.uuid4("reminder"), .order_id = order.id, .email = "approvals", .text = "order waits"};
        (void)co_await perdure::outcome_of(ctx.call(act::remind, reminder, courtesy));
    }
    throw OrderRejected{"nobody approved in time"};
}

perdure::task<Receipt> OrderWorkflow::pay(perdure::context ctx, Order order) {
    Charge charge{.key = ctx.uuid4("charge"),
                  .order_id = order.id,
                  .customer = order.customer,
                  .card = order.card,
                  .channel = "primary",
                  .amount_cents = order.amount_cents};
    saga_.add(act::refund, charge, undo);
    auto first = co_await perdure::outcome_of(ctx.call(act::charge, charge, card));
    if (first) co_return *std::move(first);
    if (!first.caused_by<ChannelDown>()) first.rethrow();

    // "Down" may have come after the money moved: the first charge is voided before the second channel is asked.
    co_await ctx.call(act::refund, charge, undo);
    charge.key = ctx.uuid4("charge");
    charge.channel = "backup";
    saga_.add(act::refund, charge, undo);
    const Receipt receipt = co_await ctx.call(act::charge, charge, card);
    co_return receipt;
}

perdure::task<void> OrderWorkflow::tell_customer(perdure::context ctx, Order order, std::string text) {
    const Notice notice{.key = ctx.uuid4("notice"), .order_id = order.id, .email = order.email, .text = text};
    const auto sent = co_await perdure::outcome_of(ctx.call(act::notify, notice, courtesy));
    notified_ = sent.has_value();
}

OrderProgress OrderWorkflow::progress() const {
    switch (status_.stage) {
        case Stage::received:
            return {.percent = 0, .step = "validating"};
        case Stage::validated:
            return {.percent = 20, .step = "reserving inventory"};
        case Stage::reserved:
            return {.percent = 40, .step = "asking for payment"};
        case Stage::awaiting_approval:
            return {.percent = 45, .step = "waiting for approval"};
        case Stage::approved:
            return {.percent = 50, .step = "asking for payment"};
        case Stage::charged:
            return {.percent = 75, .step = "booking the shipment"};
        case Stage::shipped:
            return {.percent = 100, .step = "shipped"};
        case Stage::undoing:
            return {.percent = 90, .step = "undoing"};
        case Stage::undone:
            return {.percent = 100, .step = "undone"};
        case Stage::needs_help:
            return {.percent = 100, .step = "needs help"};
    }
    return {};
}

}  // namespace shop
