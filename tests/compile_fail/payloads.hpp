#pragma once

// What the mistakes of this folder have in common.

#include <boost/describe.hpp>
#include <chrono>
#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <string>

using namespace std::chrono_literals;

struct order {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(order, (), (id))

struct receipt {
    std::string charge_id;
};
BOOST_DESCRIBE_STRUCT(receipt, (), (charge_id))

struct card_declined : perdure::app_error<card_declined, "CardDeclined"> {
    using app_error::app_error;
};

inline constexpr perdure::activity<"payment.charge", receipt(order)> charge{};
inline constexpr perdure::activity<"payment.refund", void(order)> refund{};

struct order_flow : perdure::contract<order_flow, "order.fulfil", receipt(order)> {
    static constexpr signal<"approval", bool> approval{};
    static constexpr query<"status", std::string()> status{};
    static constexpr auto messages() { return perdure::list(approval, status); }
};
