#include "world/warehouse.hpp"

namespace shop {
namespace {

constexpr const char* warehouse_schema = R"(
CREATE TABLE IF NOT EXISTS stock(sku TEXT PRIMARY KEY, available INTEGER NOT NULL CHECK(available >= 0));
CREATE TABLE IF NOT EXISTS holds(
    key TEXT, order_id TEXT NOT NULL, sku TEXT, quantity INTEGER, state TEXT NOT NULL, PRIMARY KEY(key, sku));
CREATE TABLE IF NOT EXISTS parcels(key TEXT PRIMARY KEY, order_id TEXT NOT NULL, tracking TEXT, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mails(key TEXT PRIMARY KEY, order_id TEXT NOT NULL, email TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS attempts(order_id TEXT, step TEXT, n INTEGER NOT NULL, PRIMARY KEY(order_id, step));
)";

// What the catalogue starts with; a sku that begins with "rare-" is never there.
constexpr std::int64_t initial_stock = 1'000'000;

}  // namespace

Warehouse::Warehouse(const std::string& path) : db_(path, warehouse_schema) {}

void Warehouse::reserve(const Hold& hold) {
    const std::lock_guard lock(guard_);
    db_.transact([&] {
        const auto known = db_.run("SELECT state FROM holds WHERE key = ? LIMIT 1", {hold.key});
        if (!known.empty() && known[0][0] == "released")
            throw OutOfStock{"hold " + hold.key + " was released before it was made"};
        if (!known.empty()) return;
        for (const Line& line : hold.lines) {
            if (line.sku.starts_with("rare-")) throw OutOfStock{line.sku + " is out of stock"};
            db_.run("INSERT INTO stock VALUES(?, ?) ON CONFLICT DO NOTHING", {line.sku, std::to_string(initial_stock)});
            const std::string quantity = std::to_string(line.quantity);
            const auto left = db_.run(
                "UPDATE stock SET available = available - CAST(?1 AS INTEGER) WHERE sku = ?2 AND available >= "
                "CAST(?1 AS INTEGER) RETURNING available",
                {quantity, line.sku});
            if (left.empty()) throw OutOfStock{"only part of " + quantity + " x " + line.sku + " is in stock"};
            db_.run(
                "INSERT INTO holds VALUES(?1, ?2, ?3, CAST(?4 AS INTEGER), 'held') ON CONFLICT(key, sku) DO UPDATE SET quantity "
                "= "
                "quantity + excluded.quantity",
                {hold.key, hold.order_id, line.sku, quantity});
        }
    });
}

void Warehouse::release(const Hold& hold) {
    const std::lock_guard lock(guard_);
    db_.transact([&] {
        const auto held = db_.run("SELECT sku, quantity FROM holds WHERE key = ? AND state = 'held'", {hold.key});
        for (const auto& row : held)
            db_.run("UPDATE stock SET available = available + CAST(? AS INTEGER) WHERE sku = ?", {row[1], row[0]});
        db_.run("UPDATE holds SET state = 'released' WHERE key = ?", {hold.key});
        if (held.empty())
            db_.run("INSERT INTO holds VALUES(?, ?, '', 0, 'released') ON CONFLICT DO NOTHING", {hold.key, hold.order_id});
    });
}

Shipment Warehouse::book(const Parcel& parcel) {
    const std::lock_guard lock(guard_);
    if (parcel.address == "nowhere") throw ShipmentRefused{"no carrier delivers to \"" + parcel.address + "\""};
    Shipment shipment{.tracking = "PD-" + parcel.key.substr(0, 8)};
    db_.transact([&] {
        const auto known = db_.run("SELECT state FROM parcels WHERE key = ?", {parcel.key});
        if (!known.empty() && known[0][0] == "recalled") throw ShipmentRefused{"parcel " + parcel.key + " was recalled"};
        db_.run("INSERT INTO parcels VALUES(?, ?, ?, 'booked') ON CONFLICT DO NOTHING",
                {parcel.key, parcel.order_id, shipment.tracking});
    });
    return shipment;
}

void Warehouse::recall(const Parcel& parcel) {
    const std::lock_guard lock(guard_);
    db_.run("INSERT INTO parcels VALUES(?, ?, '', 'recalled') ON CONFLICT(key) DO UPDATE SET state = 'recalled'",
            {parcel.key, parcel.order_id});
}

void Warehouse::notify(const Notice& notice) {
    if (notice.email.ends_with("@bounce.example")) throw MailBounced{"mailbox " + notice.email + " does not exist"};
    const std::lock_guard lock(guard_);
    db_.run("INSERT INTO mails VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING",
            {notice.key, notice.order_id, notice.email, notice.text});
}

void Warehouse::count_attempt(const std::string& order_id, const std::string& step) {
    const std::lock_guard lock(guard_);
    db_.run("INSERT INTO attempts VALUES(?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", {order_id, step});
}

}  // namespace shop
