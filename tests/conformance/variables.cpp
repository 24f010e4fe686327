#include "tests/conformance/variables.hpp"

#include <cctype>
#include <optional>

namespace perdure::conformance {
namespace {

/// The `${name}` at the start of `text`, without its braces.
std::optional<std::string_view> reference_at(std::string_view text) {
    if (!text.starts_with("${")) return std::nullopt;
    const auto end = text.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    return text.substr(2, end - 2);
}

bool is_id(std::string_view name) {
    if (!name.starts_with("id") || name.size() == 2) return false;
    for (const char c : name.substr(2)) {
        if (std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
    }
    return true;
}

template <class Lookup>
std::string replace_references(std::string_view text, const Lookup& lookup) {
    std::string out;
    while (!text.empty()) {
        if (const auto name = reference_at(text)) {
            const auto whole = text.substr(0, name->size() + 3);
            const std::optional<std::string> value = lookup(std::string(*name));
            out += value ? *value : std::string(whole);
            text.remove_prefix(whole.size());
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

template <class Map>
std::optional<std::string> find_in(const Map& map, const std::string& name) {
    const auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::string variables::substitute(std::string_view text) const {
    return replace_references(text, [&](const std::string& name) { return find_in(values_, name); });
}

json variables::substitute_all(const json& document) const {
    if (document.is_string()) return substitute(std::string_view(document.get_ref<const std::string&>()));
    if (!document.is_structured()) return document;
    json out = document;
    for (auto& value : out) value = substitute_all(value);
    return out;
}

std::string variables::resolve(std::string_view expected) const {
    return replace_references(expected, [&](const std::string& name) {
        const auto value = find_in(values_, name);
        return value ? value : find_in(ids_, name);
    });
}

bool variables::bind(const std::string& id, std::string_view value) {
    if (value.empty() || taken_.contains(value)) return false;
    taken_.insert(std::string(value));
    ids_.emplace(id, std::string(value));
    return true;
}

bool variables::matches(std::string_view expected, std::string_view actual) {
    while (!expected.empty()) {
        const auto name = reference_at(expected);
        if (!name) {
            if (actual.empty() || expected.front() != actual.front()) return false;
            expected.remove_prefix(1);
            actual.remove_prefix(1);
            continue;
        }
        const std::string key(*name);
        expected.remove_prefix(key.size() + 3);
        std::optional<std::string> known = find_in(values_, key);
        if (!known && is_id(key)) known = find_in(ids_, key);
        if (known) {
            if (!actual.starts_with(*known)) return false;
            actual.remove_prefix(known->size());
            continue;
        }
        if (!is_id(key) && key != "token") return false;
        // What an unknown name stands for ends where the literal text after it begins.
        const auto literal = expected.substr(0, expected.find("${"));
        const auto end = literal.empty() ? actual.size() : actual.find(literal);
        if (end == std::string_view::npos || end == 0) return false;
        if (is_id(key) && !bind(key, actual.substr(0, end))) return false;
        actual.remove_prefix(end);
    }
    return actual.empty();
}

}  // namespace perdure::conformance
