#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/workflow_check/elf_object.hpp"

namespace perdure::workflow_check {

/// A function or variable, and what it refers to.
struct node {
    std::string symbol;
    std::string name;  ///< as people write it
    bool function = false;
    bool defined = false;
    bool of_workflows = false;  ///< defined in an object of workflow code
    std::vector<std::size_t> uses;
    std::vector<std::size_t> used_by;
};

/// What refers to what in a set of objects. Functions that several objects define are one.
class graph {
  public:
    void add(const object& from, bool of_workflows);
    [[nodiscard]] const std::vector<node>& nodes() const noexcept { return nodes_; }

  private:
    [[nodiscard]] std::size_t node_of(const object& from, std::size_t number, const symbol& what);

    std::vector<node> nodes_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace perdure::workflow_check
