#include "activities.hpp"

#include "order.workflow.hpp"

namespace shop {
namespace {

void validate(const Order& order) {
    if (order.lines.empty()) throw InvalidOrder{"order " + order.id + " has no lines"};
    if (order.amount_cents <= 0)
        throw InvalidOrder{"order " + order.id + " has an amount of " + std::to_string(order.amount_cents)};
    for (const Line& line : order.lines)
        if (line.quantity <= 0) throw InvalidOrder{"order " + order.id + ": quantity of " + line.sku + " must be positive"};
}

}  // namespace

void add_orders(perdure::worker& worker, const World& world) {
    Warehouse& warehouse = world.warehouse;
    const GatewayClient& gateway = world.gateway;
    worker.add_workflow<OrderWorkflow>();
    worker.add_activity(act::validate, &validate);
    worker.add_activity(act::reserve, [&warehouse](const Hold& hold) {
        warehouse.count_attempt(hold.order_id, "reserve");
        warehouse.reserve(hold);
    });
    worker.add_activity(act::release, [&warehouse](const Hold& hold) { warehouse.release(hold); });
    worker.add_activity(act::charge,
                        [&warehouse, &gateway](perdure::activity_context& activity, const Charge& charge) -> Receipt {
                            warehouse.count_attempt(charge.order_id, "charge");
                            return gateway.charge(charge, activity.stop_token());
                        });
    worker.add_activity(act::refund, [&gateway](const Charge& charge) { gateway.refund(charge); });
    worker.add_activity(act::book, [&warehouse](const Parcel& parcel) -> Shipment {
        warehouse.count_attempt(parcel.order_id, "book");
        return warehouse.book(parcel);
    });
    worker.add_activity(act::recall, [&warehouse](const Parcel& parcel) { warehouse.recall(parcel); });
    worker.add_activity(act::notify, [&warehouse](const Notice& notice) { warehouse.notify(notice); });
    worker.add_activity(act::remind, [&warehouse](const Notice& notice) { warehouse.notify(notice); });
}

}  // namespace shop
