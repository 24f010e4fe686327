#include "sdk/activity/activity_registry.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace perdure::detail {
namespace {

// How many letters must be changed to make one name of the other.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t column = 0; column <= right.size(); ++column) row[column] = column;
    for (std::size_t line = 1; line <= left.size(); ++line) {
        std::size_t diagonal = std::exchange(row[0], line);
        for (std::size_t column = 1; column <= right.size(); ++column) {
            const std::size_t replaced = diagonal + (left[line - 1] == right[column - 1] ? 0 : 1);
            diagonal = row[column];
            row[column] = std::min({replaced, row[column] + 1, row[column - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

void activity_registry::add(activity_function function) {
    const std::string name = function.name;
    if (!functions_.try_emplace(name, std::move(function)).second)
        throw std::invalid_argument("the activity \"" + name +
                                    "\" is registered twice; register one implementation for each activity of a worker");
}

const activity_function* activity_registry::find(std::string_view name) const noexcept {
    const auto found = functions_.find(name);
    return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> activity_registry::names() const {
    std::vector<std::string> list;
    list.reserve(functions_.size());
    for (const auto& [name, function] : functions_) list.push_back(name);
    return list;
}

std::string unknown_type_message(std::string_view what, std::string_view name, const std::vector<std::string>& known) {
    std::string text = "this worker has no " + std::string(what) + " \"" + std::string(name) + "\"";
    const std::string* nearest = nullptr;
    std::size_t distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::size_t far = edit_distance(name, candidate);
        if (far < distance) {
            distance = far;
            nearest = &candidate;
        }
    }
    if (nearest != nullptr) text += "; did you mean \"" + *nearest + "\"?";
    if (known.empty()) return text + "; it has none at all: register it, or use another task queue";
    text += nearest != nullptr ? " It has: " : "; it has: ";
    for (std::size_t index = 0; index < known.size(); ++index) text += (index == 0 ? "" : ", ") + known[index];
    return text;
}

}  // namespace perdure::detail
