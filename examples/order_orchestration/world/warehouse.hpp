#pragma once

#include <mutex>
#include <string>

#include "contracts.hpp"
#include "world/database.hpp"

namespace shop {

/// Stock, parcels and mails: what the shop's activities act upon. Every operation is keyed: done again with the same key
/// it changes nothing, and an undo that comes first forbids the step it undoes. Thread safe; several processes may share
/// the file.
class Warehouse {
  public:
    explicit Warehouse(const std::string& path);

    /// Throws OutOfStock when a line cannot be served; then nothing is held.
    void reserve(const Hold& hold);
    void release(const Hold& hold);
    /// Throws ShipmentRefused for an address that nobody delivers to.
    Shipment book(const Parcel& parcel);
    void recall(const Parcel& parcel);
    /// Throws MailBounced for an address of the domain "bounce.example".
    void notify(const Notice& notice);
    /// Counts the attempts of an activity, so that the demo can show what was tried again.
    void count_attempt(const std::string& order_id, const std::string& step);

  private:
    std::mutex guard_;
    Database db_;
};

}  // namespace shop
