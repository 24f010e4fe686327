#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "contracts.hpp"

namespace shop {

/// Talks to the payment gateway, one connection a call. Thread safe.
class GatewayClient {
  public:
    explicit GatewayClient(std::uint16_t port) : port_(port) {}

    /// Throws CardDeclined, InsufficientFunds, FraudSuspected or ChannelDown as the gateway answers; std::runtime_error
    /// when it cannot be reached. Gives up early when `stop` is requested.
    Receipt charge(const Charge& charge, std::stop_token stop) const;
    void refund(const Charge& charge) const;

  private:
    struct Reply {
        unsigned status = 0;
        std::string body;
    };
    Reply post(const std::string& path, const Charge& charge, std::stop_token stop) const;

    std::uint16_t port_;
};

}  // namespace shop
