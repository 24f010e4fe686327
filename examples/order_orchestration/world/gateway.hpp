#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace shop {

/// A payment provider as a small HTTP server of its own, with scripted faults. `POST /charge` and `POST /refund` take a
/// JSON body {key, order_id, customer, card, channel, amount_cents}; the card says what goes wrong:
///
///   ok                     nothing
///   declined-N             the first N requests of a key are declined
///   declined               every request is declined
///   insufficient           402 with reason "insufficient_funds"
///   fraud                  402 with reason "fraud"
///   flaky-N                the first N requests of a key get a 503
///   primary-down           channel "primary" answers 503, always
///   slow                   answers after 1 s
///   charged-then-silent    the first request is charged, and then not answered
class Gateway {
  public:
    /// Listens on 127.0.0.1:port (0 takes a free one) and keeps its book in the file. Serves on its own thread.
    Gateway(std::uint16_t port, const std::string& ledger_path);
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace shop
