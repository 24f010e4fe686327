#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace perdure::detail {

struct workflow_type;  // sdk/include/perdure/detail/workflow_type.hpp

/// The workflow types that a worker or a replayer knows, by their wire names.
///
/// Filled before the first task, read-only afterwards: reading is then safe from any thread. The registered types have
/// addresses that stay the same for the registry's life; runs point at them, so the registry outlives every run.
class workflow_registry {
  public:
    workflow_registry();
    ~workflow_registry();
    workflow_registry(workflow_registry&&) noexcept;
    workflow_registry& operator=(workflow_registry&&) noexcept;

    /// Throws std::invalid_argument, naming the type and the remedy, when the name is registered already.
    void add(workflow_type type);

    /// The type of that name, or nullptr.
    [[nodiscard]] const workflow_type* find(std::string_view name) const noexcept;

    /// All names, sorted.
    [[nodiscard]] std::vector<std::string> names() const;

    [[nodiscard]] bool empty() const noexcept { return types_.empty(); }

  private:
    std::map<std::string, std::unique_ptr<const workflow_type>, std::less<>> types_;
};

}  // namespace perdure::detail
