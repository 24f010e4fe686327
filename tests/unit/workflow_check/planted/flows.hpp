#pragma once

#include <perdure/workflow.hpp>

// The contracts of workflows that are compiled to be searched, and never run.

namespace shop {

using namespace std::chrono_literals;

struct Planted : perdure::contract<Planted, "planted", int()> {
    static constexpr signal<"poke"> poke{};
    static constexpr query<"look", int()> look{};
};

/// Defined in another object of the same target.
int price_elsewhere(int of);

}  // namespace shop
