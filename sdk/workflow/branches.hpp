#pragma once

#include <cstdint>
#include <exception>
#include <memory_resource>
#include <string>
#include <vector>

#include "perdure/detail/frame.hpp"
#include "sdk/workflow/scopes.hpp"

namespace perdure::detail {

enum class branch_kind : std::uint8_t { main, handler, spawned, operand };

inline constexpr std::uint32_t no_scope = ~std::uint32_t{0};

/// One strand of execution inside a run: a root coroutine and whatever it awaits.
struct branch_node {
    branch_kind kind = branch_kind::main;
    bool live = false;
    bool cancelled = false;
    bool finished = false;
    bool taken = false;       // its result, or its failure, has reached somebody
    bool lost = false;        // lost a race: runs to its end, its result is dropped
    bool ended = false;       // released, but branches that it started are not
    bool abandon_ok = false;  // a handler that may be unfinished when the run completes
    std::uint32_t generation = 1;
    std::uint32_t parent = 0;
    std::uint32_t children = 0;
    std::uint32_t scope = no_scope;  // of spawned branches: the scope of the context that spawned it
    std::uint64_t birth = 0;
    std::uint64_t settled = 0;  // as slot::settled
    frame_base* root = nullptr;
    waiter* waiting = nullptr;
    std::string reason{};
    std::string label{};  // the signal of a handler
};

/// The branches of a run. Row 0 is `run` itself.
class branch_table {
  public:
    explicit branch_table(std::pmr::memory_resource* memory) : rows_(memory), free_(memory) {}

    [[nodiscard]] std::uint32_t add(branch_kind kind, std::uint32_t parent, std::uint64_t birth, frame_base* root);
    /// The branch can no longer be referred to. Its row stays until the branches that it started have gone as well, because
    /// they look up to it when it was cancelled.
    void release(std::uint32_t index);

    [[nodiscard]] branch_node& at(std::uint32_t index) { return rows_[index]; }
    [[nodiscard]] const branch_node& at(std::uint32_t index) const { return rows_[index]; }
    [[nodiscard]] bool alive(std::uint32_t index, std::uint32_t generation) const noexcept {
        return index < rows_.size() && rows_[index].live && rows_[index].generation == generation;
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(rows_.size()); }

    /// Why a branch is cancelled, by itself, a branch above it or the scope one of them was spawned in; nullptr if it is not.
    /// Only what was born after `after` counts: a shield of that birth protects from everything older.
    [[nodiscard]] const std::string* cancelled_above(std::uint32_t branch, std::uint64_t after,
                                                     const scope_tree& scopes) const noexcept;

    void forget_waiters() noexcept;

  private:
    friend struct debug_access;

    void drop(std::uint32_t index);

    std::pmr::vector<branch_node> rows_;
    std::pmr::vector<std::uint32_t> free_;
};

}  // namespace perdure::detail
