#include "perdure/detail/registrations.hpp"

#include <utility>

#include "perdure/detail/workflow_type.hpp"
#include "sdk/activity/activity_registry.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace perdure::detail {

registrations::registrations()
    : workflows_(std::make_shared<workflow_registry>()), activities_(std::make_shared<activity_registry>()) {}
registrations::~registrations() = default;

void registrations::add(workflow_type type) { workflows_->add(std::move(type)); }
void registrations::add(activity_function function) { activities_->add(std::move(function)); }

}  // namespace perdure::detail
