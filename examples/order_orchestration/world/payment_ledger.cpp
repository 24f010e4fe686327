#include "world/payment_ledger.hpp"

#include <charconv>

namespace shop {
namespace {

constexpr const char* ledger_schema = R"(
CREATE TABLE IF NOT EXISTS charges(
    key TEXT PRIMARY KEY, order_id TEXT NOT NULL, channel TEXT, cents INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests(key TEXT PRIMARY KEY, n INTEGER NOT NULL);
)";

}  // namespace

PaymentLedger::PaymentLedger(const std::string& path) : db_(path, ledger_schema) {}

PaymentLedger::Entry PaymentLedger::charge(const std::string& key, const std::string& order_id, const std::string& channel,
                                           const std::string& cents) {
    const std::lock_guard lock(guard_);
    Entry entry{.charge_id = "ch-" + key.substr(0, 8)};
    db_.transact([&] {
        db_.run("INSERT INTO charges VALUES(?, ?, ?, CAST(? AS INTEGER), 'charged') ON CONFLICT DO NOTHING",
                {key, order_id, channel, cents});
        entry.voided = db_.run("SELECT state FROM charges WHERE key = ?", {key})[0][0] == "voided";
    });
    return entry;
}

void PaymentLedger::refund(const std::string& key, const std::string& order_id) {
    const std::lock_guard lock(guard_);
    db_.run("INSERT INTO charges VALUES(?, ?, '', 0, 'voided') ON CONFLICT(key) DO UPDATE SET state = 'voided'", {key, order_id});
}

int PaymentLedger::count_request(const std::string& key) {
    const std::lock_guard lock(guard_);
    const auto rows = db_.run("INSERT INTO requests VALUES(?, 1) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n", {key});
    int count = 0;
    std::from_chars(rows[0][0].data(), rows[0][0].data() + rows[0][0].size(), count);
    return count;
}

}  // namespace shop
