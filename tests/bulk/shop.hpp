#pragma once

#include <cstddef>
#include <perdure/worker.hpp>
#include <string>

#include "contracts.hpp"

namespace shop {

/// The ways that an order can go.
enum class Path { ships, approved, rejected, invalid, out_of_stock, fraud, refused, bounced, backup, cancelled };
inline constexpr std::size_t paths = 10;

/// The n-th order; its path follows from n.
[[nodiscard]] Order make_order(std::size_t n);
[[nodiscard]] Path path_of(std::size_t n);

/// Registers the workflow, and activities that answer as the order's path asks for.
void add_shop(perdure::worker& worker);

}  // namespace shop
