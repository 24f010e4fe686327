#include "sdk/workflow/branches.hpp"

#include "api/assert.hpp"

namespace perdure::detail {

std::uint32_t branch_table::add(branch_kind kind, std::uint32_t parent, std::uint64_t birth, frame_base* root) {
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(rows_.size());
        rows_.emplace_back();
        free_.reserve(rows_.capacity());  // so that releasing never allocates
    } else {
        index = free_.back();
        free_.pop_back();
    }
    branch_node& row = rows_[index];
    row.live = true;
    row.kind = kind;
    row.parent = parent;
    if (index != 0) ++rows_[parent].children;
    row.birth = birth;
    row.root = root;
    return index;
}

void branch_table::release(std::uint32_t index) {
    branch_node& row = rows_[index];
    PERDURE_ASSERT(row.live && index != 0, "a branch is released once, and run itself never");
    row.live = false;
    row.ended = true;
    row.root = nullptr;
    row.waiting = nullptr;
    ++row.generation;
    drop(index);
}

void branch_table::drop(std::uint32_t index) {
    while (index != 0 && rows_[index].ended && rows_[index].children == 0) {
        branch_node& row = rows_[index];
        const std::uint32_t parent = row.parent;
        const std::uint32_t generation = row.generation;
        row = branch_node{};
        row.generation = generation;
        free_.push_back(index);
        --rows_[parent].children;
        index = parent;
    }
}

const std::string* branch_table::cancelled_above(std::uint32_t branch, std::uint64_t after,
                                                 const scope_tree& scopes) const noexcept {
    for (std::uint32_t index = branch; index != 0; index = rows_[index].parent) {
        const branch_node& row = rows_[index];
        if (row.birth <= after) return nullptr;
        if (row.cancelled) return &row.reason;
        if (row.scope == no_scope) continue;
        const scope_node* node = scopes.cancelled_above(row.scope);
        if (node != nullptr && node->birth > after) return &node->reason;
    }
    return nullptr;
}

void branch_table::forget_waiters() noexcept {
    for (branch_node& row : rows_) row.waiting = nullptr;
}

}  // namespace perdure::detail
