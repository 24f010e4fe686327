#pragma once

#include <map>
#include <string>
#include <vector>

namespace shop::demo {

/// What the two ledgers hold about one order.
struct Books {
    int charges = 0;   ///< charged and not voided
    int voided = 0;    ///< charges that were made or announced, and taken back
    int holds = 0;     ///< holds that still stand
    int released = 0;  ///< holds that were given back
    int parcels = 0;   ///< booked and not recalled
    int recalled = 0;
    std::map<std::string, int> attempts;  ///< by step
};

std::map<std::string, Books> read_books(const std::string& warehouse, const std::string& payments);

/// Holds the ledgers against the outcomes: a shipped order has exactly one charge, one hold and one parcel; any other
/// nets to zero. Returns one sentence a violation.
std::vector<std::string> audit(const std::map<std::string, Books>& books, const std::map<std::string, bool>& shipped_by_order);

}  // namespace shop::demo
