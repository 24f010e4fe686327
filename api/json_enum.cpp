#include "api/json_enum.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace perdure::detail {
namespace {

/// Letters and digits in upper case, so that both spellings of a name are the same.
std::string essence(std::string_view name) {
    std::string kept;
    for (const char c : name) {
        if (c >= 'a' && c <= 'z') {
            kept += static_cast<char>(c - 'a' + 'A');
        } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            kept += c;
        }
    }
    return kept;
}

std::optional<int> number_in(const json_value& in) {
    if (const auto* whole = in.if_signed(); whole != nullptr && std::in_range<int>(*whole)) return static_cast<int>(*whole);
    if (const auto* natural = in.if_unsigned(); natural != nullptr && std::in_range<int>(*natural)) {
        return static_cast<int>(*natural);
    }
    return std::nullopt;
}

}  // namespace

enum_reading read_enum_value(const google::protobuf::EnumDescriptor& type, const json_value& in) {
    if (const std::optional<int> number = number_in(in)) {
        return {number, type.FindValueByNumber(*number) != nullptr};
    }
    const std::string* name = in.if_text();
    if (name == nullptr) return {};
    if (const auto* value = type.FindValueByName(*name)) return {value->number(), true};
    const std::string wanted = essence(*name);
    const std::string prefix = essence(type.name());
    for (int i = 0; i < type.value_count() && !wanted.empty(); ++i) {
        const std::string candidate = essence(type.value(i)->name());
        if (candidate == wanted || (candidate.starts_with(prefix) && candidate.substr(prefix.size()) == wanted)) {
            return {type.value(i)->number(), true};
        }
    }
    return {};
}

std::string enum_choices(const google::protobuf::EnumDescriptor& type) {
    constexpr int shown = 12;
    std::string names = "one of ";
    for (int i = 0; i < type.value_count() && i < shown; ++i) names += (i == 0 ? "" : ", ") + type.value(i)->name();
    return type.value_count() > shown ? names + ", ..." : names;
}

}  // namespace perdure::detail
