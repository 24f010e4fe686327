#pragma once

#include <mutex>
#include <string>

#include "world/database.hpp"

namespace shop {

/// The payment provider's book: one row a key. A key is charged at most once; a refund voids the key for good, also when
/// it comes before the charge. Thread safe.
class PaymentLedger {
  public:
    explicit PaymentLedger(const std::string& path);

    struct Entry {
        std::string charge_id;
        bool voided = false;
    };

    /// Books the charge unless the key is known; returns what stands in the book afterwards.
    Entry charge(const std::string& key, const std::string& order_id, const std::string& channel, const std::string& cents);
    void refund(const std::string& key, const std::string& order_id);
    /// How often a request with this key came in, this one included.
    int count_request(const std::string& key);

  private:
    std::mutex guard_;
    Database db_;
};

}  // namespace shop
