#include "sdk/workflow/scopes.hpp"

namespace perdure::detail {

std::uint32_t scope_tree::open(std::uint32_t parent, std::uint64_t birth) {
    scope_node& node = nodes_.emplace_back();
    node.parent = parent;
    node.birth = birth;
    return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t scope_tree::shield(std::uint32_t parent, std::uint32_t branch, std::uint64_t birth) {
    for (std::uint32_t index = 1; index < nodes_.size(); ++index) {
        const scope_node& node = nodes_[index];
        if (node.shield && node.parent == parent && node.made_in == branch) return index;
    }
    const std::uint32_t made = open(parent, birth);
    nodes_[made].shield = true;
    nodes_[made].made_in = branch;
    return made;
}

const scope_node* scope_tree::cancelled_above(std::uint32_t scope) const noexcept {
    for (std::uint32_t index = scope;; index = nodes_[index].parent) {
        const scope_node& node = nodes_[index];
        if (node.cancelled) return &node;
        if (node.shield || index == 0) return nullptr;
    }
}

std::uint64_t scope_tree::shield_birth(std::uint32_t scope) const noexcept {
    for (std::uint32_t index = scope; index != 0; index = nodes_[index].parent) {
        if (nodes_[index].shield) return nodes_[index].birth;
    }
    return 0;
}

}  // namespace perdure::detail
