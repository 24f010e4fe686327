#pragma once

// What the order's workflow, its workers, its clients and its tests agree on: names, payloads, errors. No behaviour.

#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <string>
#include <vector>

namespace shop {

struct Line {
    std::string sku;
    std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(Line, (), (sku, quantity))

/// When a person has to agree, how often they are reminded, and how long the order waits for them.
struct ApprovalPolicy {
    std::int64_t above_cents = 100'000;
    std::chrono::milliseconds remind_every = std::chrono::hours{24};
    std::chrono::milliseconds give_up_after = std::chrono::hours{72};
};
BOOST_DESCRIBE_STRUCT(ApprovalPolicy, (), (above_cents, remind_every, give_up_after))

struct Order {
    std::string id, customer, email, address, card;
    std::vector<Line> lines;
    std::int64_t amount_cents = 0;
    ApprovalPolicy approval;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id, customer, email, address, card, lines, amount_cents, approval))

// Each request carries a key that the workflow chose, so that a step that is tried again, and the undo of a step whose
// outcome nobody knows, meet the same record.
struct Hold {
    std::string key, order_id;
    std::vector<Line> lines;
};
struct Charge {
    std::string key, order_id, customer, card, channel;
    std::int64_t amount_cents = 0;
};
struct Receipt {
    std::string charge_id, channel;
};
struct Parcel {
    std::string key, order_id, customer, address;
    std::vector<Line> lines;
};
struct Shipment {
    std::string tracking;
};
struct Notice {
    std::string key, order_id, email, text;
};
struct Approval {
    bool granted = false;
    std::string by;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (key, order_id, lines))
BOOST_DESCRIBE_STRUCT(Charge, (), (key, order_id, customer, card, channel, amount_cents))
BOOST_DESCRIBE_STRUCT(Receipt, (), (charge_id, channel))
BOOST_DESCRIBE_STRUCT(Parcel, (), (key, order_id, customer, address, lines))
BOOST_DESCRIBE_STRUCT(Shipment, (), (tracking))
BOOST_DESCRIBE_STRUCT(Notice, (), (key, order_id, email, text))
BOOST_DESCRIBE_STRUCT(Approval, (), (granted, by))

enum class Stage { received, validated, reserved, awaiting_approval, approved, charged, shipped, undoing, undone, needs_help };
BOOST_DESCRIBE_ENUM(Stage, received, validated, reserved, awaiting_approval, approved, charged, shipped, undoing, undone,
                    needs_help)

/// Who decided about an order, and when (RFC 3339, the workflow's time).
struct Decision {
    std::string by, at;
    bool granted = false;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (by, at, granted))

struct OrderStatus {
    Stage stage = Stage::received;
    std::string note;
    std::vector<Decision> decisions;
    std::int64_t reminders = 0;
};
struct OrderProgress {
    std::int64_t percent = 0;
    std::string step;
};
struct OrderResult {
    Stage stage = Stage::received;
    std::string charge_id, channel, tracking;
    bool notified = false;
};
BOOST_DESCRIBE_STRUCT(OrderStatus, (), (stage, note, decisions, reminders))
BOOST_DESCRIBE_STRUCT(OrderProgress, (), (percent, step))
BOOST_DESCRIBE_STRUCT(OrderResult, (), (stage, charge_id, channel, tracking, notified))

// What can go wrong, by name on the wire and by type in the code.
struct InvalidOrder : perdure::app_error<InvalidOrder, "InvalidOrder", perdure::never_retry> {
    using app_error::app_error;
};
struct OutOfStock : perdure::app_error<OutOfStock, "OutOfStock", perdure::never_retry> {
    using app_error::app_error;
};
struct OrderRejected : perdure::app_error<OrderRejected, "OrderRejected", perdure::never_retry> {
    using app_error::app_error;
};
struct CardDeclined : perdure::app_error<CardDeclined, "CardDeclined"> {
    using app_error::app_error;
};
struct InsufficientFunds : perdure::app_error<InsufficientFunds, "InsufficientFunds"> {
    using app_error::app_error;
};
struct FraudSuspected : perdure::app_error<FraudSuspected, "FraudSuspected"> {
    using app_error::app_error;
};
struct ChannelDown : perdure::app_error<ChannelDown, "ChannelDown"> {
    using app_error::app_error;
};
struct ShipmentRefused : perdure::app_error<ShipmentRefused, "ShipmentRefused", perdure::never_retry> {
    using app_error::app_error;
};
struct MailBounced : perdure::app_error<MailBounced, "MailBounced"> {
    using app_error::app_error;
};

namespace act {
inline constexpr perdure::activity<"order.validate", void(Order)> validate{};
inline constexpr perdure::activity<"inventory.reserve", void(Hold)> reserve{};
inline constexpr perdure::activity<"inventory.release", void(Hold)> release{};  ///< accepts a hold that never happened
inline constexpr perdure::activity<"payment.charge", Receipt(Charge)> charge{};
inline constexpr perdure::activity<"payment.refund", void(Charge)> refund{};  ///< accepts a charge that never happened
inline constexpr perdure::activity<"shipping.book", Shipment(Parcel)> book{};
inline constexpr perdure::activity<"shipping.recall", void(Parcel)> recall{};  ///< accepts a parcel that was never booked
inline constexpr perdure::activity<"customer.notify", void(Notice)> notify{};
inline constexpr perdure::activity<"approval.remind", void(Notice)> remind{};
}  // namespace act

struct OrderFlow : perdure::contract<OrderFlow, "order.fulfil", OrderResult(Order)> {
    static constexpr signal<"approval", Approval> approval{};
    static constexpr query<"status", OrderStatus()> status{};
    static constexpr query<"progress", OrderProgress()> progress{};
    static constexpr auto messages() { return perdure::list(approval, status, progress); }
};

}  // namespace shop
