#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

namespace perdure::detail {

/// One node of the tree of cancellation scopes. Node 0 is the run itself.
struct scope_node {
    std::uint32_t parent = 0;
    std::uint32_t made_in = 0;  // for a shield: the branch that asked for it
    std::uint64_t birth = 0;    // scopes and branches are numbered together in the order of creation
    bool shield = false;        // what happens to the parents does not reach here
    bool cancelled = false;
    std::string reason{};
};

/// The tree of scopes. Nodes are small and stay until the run ends, so that a context never dangles.
class scope_tree {
  public:
    explicit scope_tree(std::pmr::memory_resource* memory) : nodes_(memory) { nodes_.emplace_back(); }

    [[nodiscard]] std::uint32_t open(std::uint32_t parent, std::uint64_t birth);

    /// A shield below `parent` for the branch. Asking again gives the same one: a shield has no state of its own.
    [[nodiscard]] std::uint32_t shield(std::uint32_t parent, std::uint32_t branch, std::uint64_t birth);

    [[nodiscard]] scope_node& at(std::uint32_t index) { return nodes_[index]; }
    [[nodiscard]] const scope_node& at(std::uint32_t index) const { return nodes_[index]; }

    /// The cancelled node that a scope is under, up to the nearest shield; nullptr if there is none.
    [[nodiscard]] const scope_node* cancelled_above(std::uint32_t scope) const noexcept;

    /// The birth of the nearest shield that a scope is under; 0 if there is none.
    [[nodiscard]] std::uint64_t shield_birth(std::uint32_t scope) const noexcept;

  private:
    friend struct debug_access;

    std::pmr::vector<scope_node> nodes_;
};

}  // namespace perdure::detail
