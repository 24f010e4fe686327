#include "tools/workflow_check/findings.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <string_view>
#include <utility>

#include "sdk/guards/names.hpp"
#include "tools/workflow_check/forbidden.hpp"

namespace perdure::workflow_check {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// Inline functions of libraries are in an object because somebody uses them; nobody's walk begins there.
bool is_library(const node& at) {
    constexpr std::array<std::string_view, 7> others{
        "boost::", "google::", "nlohmann::", "fmt::", "spdlog::", "temporal::", "__clang_"};
    return guards::is_perdure(at.name) || guards::is_standard(at.name) ||
           std::ranges::any_of(others, [&](std::string_view prefix) { return at.name.starts_with(prefix); });
}

class walker {
  public:
    explicit walker(const graph& all) : nodes_(all.nodes()), came_from_(nodes_.size(), nowhere), seen_(nodes_.size()) {}

    std::vector<finding> walk() {
        mark_side_effects();
        for (std::size_t at = 0; at < nodes_.size(); ++at)
            if (may_begin(at) && is_top(at)) queue(at);
        spread();
        // Functions that only call each other have no first one.
        for (std::size_t at = 0; at < nodes_.size(); ++at) {
            if (seen_[at] || !may_begin(at) || side_effect_.contains(at)) continue;
            queue(at);
            spread();
        }
        return std::move(found_);
    }

  private:
    [[nodiscard]] bool may_begin(std::size_t at) const {
        const node& one = nodes_[at];
        return one.of_workflows && one.defined && one.function && !is_library(one) && forbidden(one.symbol, one.name) == nullptr;
    }

    // Used by nobody but itself, the SDK's templates and tables.
    [[nodiscard]] bool is_top(std::size_t at) const {
        if (side_effect_.contains(at)) return false;
        return std::ranges::none_of(nodes_[at].used_by, [&](std::size_t user) {
            return nodes_[user].name != nodes_[at].name && nodes_[user].function && !is_library(nodes_[user]);
        });
    }

    void mark_side_effects() {
        std::deque<std::size_t> open;
        for (std::size_t at = 0; at < nodes_.size(); ++at)
            if (guards::is_perdure(nodes_[at].name) && nodes_[at].name.ends_with("side_effect")) open.push_back(at);
        for (; !open.empty(); open.pop_front()) {
            for (const std::size_t next : nodes_[open.front()].uses)
                if (side_effect_.insert(next).second) open.push_back(next);
        }
    }

    void queue(std::size_t at) {
        seen_[at] = true;
        open_.push_back(at);
    }

    void spread() {
        for (; !open_.empty(); open_.pop_front()) {
            const std::size_t at = open_.front();
            for (const std::size_t next : nodes_[at].uses) {
                if (const rule* broken = forbidden(nodes_[next].symbol, nodes_[next].name)) {
                    report(at, next, *broken);
                } else if (!seen_[next] && !guards::is_perdure(nodes_[next].name)) {
                    came_from_[next] = at;
                    queue(next);
                }
            }
        }
    }

    void report(std::size_t from, std::size_t to, const rule& broken) {
        std::vector<std::string> path{nodes_[to].name};
        std::string users;
        for (std::size_t at = from; at != nowhere; at = came_from_[at]) {
            const node& one = nodes_[at];
            if (!one.function || one.name == path.back()) continue;
            if (users.empty() && !is_library(one)) users = one.name;
            path.push_back(one.name);
        }
        // The same function may reach it by several templates, or call several functions of a class.
        if (!told_.emplace(users, broken.name).second) return;
        std::ranges::reverse(path);
        found_.push_back({.path = std::move(path), .reason = broken.reason});
    }

    const std::vector<node>& nodes_;
    std::vector<std::size_t> came_from_;
    std::vector<bool> seen_;
    std::deque<std::size_t> open_;
    std::set<std::size_t> side_effect_;
    std::set<std::pair<std::string, std::string_view>> told_;
    std::vector<finding> found_;
};

}  // namespace

std::vector<finding> find(const graph& all) { return walker(all).walk(); }

std::string sentence(const finding& of) {
    std::string text;
    for (const std::string& name : of.path) text += (text.empty() ? "" : " -> ") + name;
    return text + ": " + std::string(guards::remedy(of.reason));
}

}  // namespace perdure::workflow_check
