#include "tests/conformance/compare.hpp"

#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>

#include "api/base64.hpp"
#include "api/ids.hpp"

namespace perdure::conformance {
namespace {

constexpr std::string_view approximately = "about ";
constexpr double tolerance_seconds = 0.1;

/// Whether a JSON value is what an absent scalar or list stands for. A set but empty message is not.
bool is_default(const json& value) {
    if (value.is_null()) return true;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return text.empty() || text == "0" || text.ends_with("_UNSPECIFIED");
    }
    if (value.is_number()) return value.get<double>() == 0;
    if (value.is_boolean()) return !value.get<bool>();
    return value.is_array() && value.empty();
}

bool same_about(std::string_view expected, std::string_view actual) {
    expected.remove_prefix(approximately.size());
    if (!expected.ends_with('s') || !actual.ends_with('s')) return false;
    const double recorded = std::strtod(std::string(expected).c_str(), nullptr);
    const double ours = std::strtod(std::string(actual).c_str(), nullptr);
    return std::abs(recorded - ours) <= tolerance_seconds;
}

/// A text with a mark in place of each UUID.
std::string without_uuids(std::string text) {
    constexpr std::size_t length = 36;
    for (std::size_t at = 0; at + length <= text.size(); ++at) {
        if (is_uuid(std::string_view(text).substr(at, length))) text.replace(at, length, "<uuid>");
    }
    return text;
}

/// Run ids within the bytes of a payload could not be normalised by the recorder; they stand there as they were then.
bool same_bytes_but_for_uuids(const std::string& expected, const std::string& actual) {
    const auto recorded = from_base64(expected);
    const auto ours = from_base64(actual);
    if (!recorded || !ours) return false;
    const auto masked = without_uuids(*recorded);
    return masked != *recorded && masked == without_uuids(*ours);
}

class comparison {
  public:
    comparison(variables& names, const tolerates& tolerated) : names_(names), tolerated_(tolerated) {}

    std::optional<difference> run(const json& expected, const json& actual, const std::string& where) {
        if (expected.is_object() && actual.is_object()) return objects(expected, actual, where);
        if (expected.is_array() && actual.is_array()) return arrays(expected, actual, where);
        if (scalars_match(expected, actual)) return std::nullopt;
        return report(where, expected, actual);
    }

  private:
    bool scalars_match(const json& expected, const json& actual) {
        if (expected.is_number() && actual.is_number()) return expected.get<double>() == actual.get<double>();
        if (!expected.is_string() || !actual.is_string()) return expected == actual;
        const auto& recorded = expected.get_ref<const std::string&>();
        const auto& ours = actual.get_ref<const std::string&>();
        if (recorded.starts_with(approximately)) return same_about(recorded, ours);
        return names_.matches(recorded, ours) || same_bytes_but_for_uuids(recorded, ours);
    }

    std::optional<difference> objects(const json& expected, const json& actual, const std::string& where) {
        std::set<std::string> keys;
        for (const auto& [key, value] : expected.items()) keys.insert(key);
        for (const auto& [key, value] : actual.items()) keys.insert(key);
        // The server words its own failures; what they are is told by their kind and by the event's cause.
        if (expected.contains("serverFailureInfo") && actual.contains("serverFailureInfo")) keys.erase("message");
        // Ids first: an event out of place is then told by its number and type, not by a field inside.
        for (const std::string first : {"eventId", "eventType"}) {
            if (keys.erase(first) != 0) {
                if (auto found = member(first, expected, actual, where)) return found;
            }
        }
        for (const auto& key : keys) {
            if (auto found = member(key, expected, actual, where)) return found;
        }
        return std::nullopt;
    }

    std::optional<difference> member(const std::string& key, const json& expected, const json& actual, const std::string& where) {
        const auto recorded = expected.find(key);
        const auto ours = actual.find(key);
        const std::string place = where + "." + key;
        if (recorded == expected.end()) return is_default(*ours) ? std::nullopt : report(place, nullptr, *ours);
        if (ours == actual.end()) return is_default(*recorded) ? std::nullopt : report(place, *recorded, nullptr);
        return run(*recorded, *ours, place);
    }

    std::optional<difference> arrays(const json& expected, const json& actual, const std::string& where) {
        for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
            const std::string place = where + "[" + std::to_string(i) + "]";
            if (i >= expected.size()) return report(place, nullptr, actual[i]);
            if (i >= actual.size()) return report(place, expected[i], nullptr);
            if (auto found = run(expected[i], actual[i], place)) return found;
        }
        return std::nullopt;
    }

    std::optional<difference> report(const std::string& where, const json& expected, const json& actual) {
        difference found{where, names_.resolve(shorten(expected)), shorten(actual)};
        if (tolerated_ && tolerated_(found)) return std::nullopt;
        return found;
    }

    variables& names_;
    const tolerates& tolerated_;
};

}  // namespace

std::optional<difference> first_difference(const json& expected, const json& actual, const std::string& where, variables& names,
                                           const tolerates& tolerated) {
    return comparison(names, tolerated).run(expected, actual, where);
}

std::string shorten(const json& document, std::size_t limit) {
    if (document.is_null()) return "(absent)";
    std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > limit) text = text.substr(0, limit) + "…";
    return text;
}

}  // namespace perdure::conformance
