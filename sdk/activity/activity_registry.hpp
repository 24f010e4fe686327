#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "perdure/detail/activity_function.hpp"

namespace perdure::detail {

/// The activities that a worker knows, by their wire names. Filled before the first task, read-only afterwards.
class activity_registry {
  public:
    /// Throws std::invalid_argument, naming the activity and the remedy, when the name is registered already.
    void add(activity_function function);

    [[nodiscard]] const activity_function* find(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool empty() const noexcept { return functions_.empty(); }

  private:
    std::map<std::string, activity_function, std::less<>> functions_;
};

/// "no activity "x" is registered...; did you mean "y"? It knows: ...": the sentence for a type that nobody implements.
[[nodiscard]] std::string unknown_type_message(std::string_view what, std::string_view name,
                                               const std::vector<std::string>& known);

}  // namespace perdure::detail
