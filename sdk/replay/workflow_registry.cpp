#include "sdk/replay/workflow_registry.hpp"

#include <stdexcept>
#include <utility>

#include "perdure/detail/workflow_type.hpp"

namespace perdure::detail {

workflow_registry::workflow_registry() = default;
workflow_registry::~workflow_registry() = default;
workflow_registry::workflow_registry(workflow_registry&&) noexcept = default;
workflow_registry& workflow_registry::operator=(workflow_registry&&) noexcept = default;

void workflow_registry::add(workflow_type type) {
    std::string name = type.name;
    if (types_.contains(name)) {
        throw std::invalid_argument(
            "workflow type " + name +
            " is registered twice; a worker has one implementation of each: remove one of the two, or give the "
            "contracts different names");
    }
    types_.emplace(std::move(name), std::make_unique<const workflow_type>(std::move(type)));
}

const workflow_type* workflow_registry::find(std::string_view name) const noexcept {
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : found->second.get();
}

std::vector<std::string> workflow_registry::names() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    return names;
}

}  // namespace perdure::detail
