#include "tools/workflow_check/graph.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "sdk/guards/names.hpp"

namespace perdure::workflow_check {
namespace {

// Which symbol a place of an object belongs to.
class owners {
  public:
    explicit owners(const object& of) {
        for (std::size_t index = 0; index < of.symbols.size(); ++index) {
            const symbol& each = of.symbols[index];
            if (each.section == 0 || each.name.empty() || each.size == 0) continue;
            places_[each.section][each.offset] = {index, each.offset + each.size};
        }
    }

    [[nodiscard]] std::optional<std::size_t> at(std::uint32_t section, std::uint64_t offset) const {
        const auto found = places_.find(section);
        if (found == places_.end()) return std::nullopt;
        auto after = found->second.upper_bound(offset);
        if (after == found->second.begin()) return std::nullopt;
        const auto& [index, end] = std::prev(after)->second;
        return offset < end ? std::optional(index) : std::nullopt;
    }

  private:
    std::unordered_map<std::uint32_t, std::map<std::uint64_t, std::pair<std::size_t, std::uint64_t>>> places_;
};

std::string shown(const std::string& symbol, const std::string& path) {
    if (symbol.starts_with("_GLOBAL__sub_I_") || symbol.starts_with("__cxx_global_var_init")) {
        const std::string file = path.substr(path.rfind('/') + 1);
        return "a static variable of " + file.substr(0, file.rfind('.'));
    }
    return guards::readable_name(guards::demangle(symbol));
}

}  // namespace

std::size_t graph::node_of(const object& from, std::size_t number, const symbol& what) {
    const std::string key = what.local ? from.path + "#" + std::to_string(number) : what.name;
    const auto [found, added] = by_name_.try_emplace(key, nodes_.size());
    if (added) nodes_.push_back({.symbol = what.name, .name = shown(what.name, from.path), .uses = {}, .used_by = {}});
    return found->second;
}

void graph::add(const object& from, bool of_workflows) {
    const owners places(from);
    for (std::size_t index = 0; index < from.symbols.size(); ++index) {
        const symbol& each = from.symbols[index];
        if (each.section == 0 || each.name.empty()) continue;
        node& made = nodes_[node_of(from, index, each)];
        made.defined = true;
        made.function = made.function || each.function;
        made.of_workflows = made.of_workflows || of_workflows;
    }
    for (const reference& each : from.references) {
        const auto user = places.at(each.from_section, each.from_offset);
        std::optional<std::size_t> used = each.symbol;
        if (from.symbols[each.symbol].name.empty()) used = places.at(each.target_section, each.target_offset);
        if (!user || !used || *user == *used) continue;
        const std::size_t a = node_of(from, *user, from.symbols[*user]);
        const std::size_t b = node_of(from, *used, from.symbols[*used]);
        if (std::ranges::find(nodes_[a].uses, b) != nodes_[a].uses.end()) continue;
        nodes_[a].uses.push_back(b);
        nodes_[b].used_by.push_back(a);
    }
}

}  // namespace perdure::workflow_check
