#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace perdure::conformance {

using nlohmann::json;

/// The `${name}` values of one play: what responses were saved as, and which of our ids stands for which recorded one.
class variables {
  public:
    /// Precondition: `number` makes the ids of this play unique on its server.
    explicit variables(std::string number) { values_["n"] = std::move(number); }

    void set(const std::string& name, std::string value) { values_[name] = std::move(value); }

    /// Replaces every known `${name}` in all strings of a document; unknown ones stay as they are.
    [[nodiscard]] json substitute_all(const json& document) const;
    [[nodiscard]] std::string substitute(std::string_view text) const;

    /// Whether `actual` can be what the recorder normalised to `expected`. An id met for the first time is bound to
    /// what stands in its place; from then on it is that value and no other id may be.
    [[nodiscard]] bool matches(std::string_view expected, std::string_view actual);

    /// The expected text with the ids that are known by now, for reports.
    [[nodiscard]] std::string resolve(std::string_view expected) const;

  private:
    [[nodiscard]] bool bind(const std::string& id, std::string_view value);

    std::map<std::string, std::string> values_;
    std::map<std::string, std::string, std::less<>> ids_;
    std::set<std::string, std::less<>> taken_;
};

}  // namespace perdure::conformance
