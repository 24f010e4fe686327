#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "contracts.hpp"

namespace shop::demo {

/// One line of orders.jsonl: an order, what people do about it, and how it must end.
struct Story {
    struct Verdict {
        std::chrono::milliseconds after{0};
        Approval approval;
    };
    Order order;
    std::string about;
    std::string expect;  ///< "shipped", "cancelled", "duplicate" or the name of the error that undoes the order
    std::optional<Verdict> approve;
    std::optional<std::chrono::milliseconds> cancel_after;
};

/// Reads the file; throws std::runtime_error naming the line that is wrong.
std::vector<Story> read_stories(const std::string& path);

}  // namespace shop::demo
