#include "tests/bulk/shop.hpp"

#include <array>

#include "order.workflow.hpp"

namespace shop {
namespace {

constexpr std::int64_t small = 4'200;
constexpr std::int64_t large = 420'000;
constexpr std::array<const char*, paths> names{"ships", "approved", "rejected", "invalid", "out-of-stock",
                                               "fraud", "refused",  "bounced",  "backup",  "cancelled"};

bool goes(const std::string& order_id, const char* path) { return order_id.ends_with(path); }

}  // namespace

Path path_of(std::size_t n) { return static_cast<Path>(n % paths); }

Order make_order(std::size_t n) {
    const Path path = path_of(n);
    const bool asks = path == Path::approved || path == Path::rejected || path == Path::cancelled;
    Order made{.id = std::to_string(n) + "-" + names[n % paths],
               .customer = "customer " + std::to_string(n % 97),
               .email = "customer" + std::to_string(n % 97) + "@example.org",
               .address = std::to_string(1 + n % 13) + " Main Street",
               .card = "ok",
               .amount_cents = (asks ? large : small) + static_cast<std::int64_t>(n)};
    for (std::size_t line = 0; line <= n % 3; ++line)
        made.lines.push_back({.sku = "sku-" + std::to_string((n + line) % 41), .quantity = 1 + static_cast<std::int64_t>(line)});
    return made;
}

void add_shop(perdure::worker& worker) {
    worker.add_workflow<OrderWorkflow>();
    worker.add_activity(act::validate, [](const Order& order) {
        if (goes(order.id, "invalid")) throw InvalidOrder{"no such address"};
    });
    worker.add_activity(act::reserve, [](const Hold& hold) {
        if (goes(hold.order_id, "out-of-stock")) throw OutOfStock{"none is left"};
    });
    worker.add_activity(act::release, [](const Hold&) {});
    worker.add_activity(act::charge, [](const Charge& charge) {
        if (goes(charge.order_id, "fraud")) throw FraudSuspected{"stolen card"};
        if (goes(charge.order_id, "backup") && charge.channel == "primary") throw ChannelDown{"503"};
        return Receipt{.charge_id = "ch-" + charge.order_id, .channel = charge.channel};
    });
    worker.add_activity(act::refund, [](const Charge&) {});
    worker.add_activity(act::book, [](const Parcel& parcel) {
        if (goes(parcel.order_id, "refused")) throw ShipmentRefused{"nobody goes there"};
        return Shipment{.tracking = "track-" + parcel.order_id};
    });
    worker.add_activity(act::recall, [](const Parcel&) {});
    worker.add_activity(act::notify, [](const Notice& notice) {
        if (goes(notice.order_id, "bounced")) throw MailBounced{"mailbox full"};
    });
    worker.add_activity(act::remind, [](const Notice&) {});
}

}  // namespace shop
