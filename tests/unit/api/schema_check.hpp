#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace perdure {

/// Why a value does not fit a JSON Schema, or nothing when it does. Knows what perdure writes into schemas and no more.
inline std::string schema_trouble(const nlohmann::json& value, const nlohmann::json& schema, const nlohmann::json& definitions,
                                  const std::string& at = "value") {
    const auto inner = [&](const nlohmann::json& part, const nlohmann::json& wanted, const std::string& name) {
        return schema_trouble(part, wanted, definitions, at + name);
    };
    const auto fitting = [&](const nlohmann::json& choices) {
        std::size_t fit = 0;
        for (const auto& choice : choices) fit += inner(value, choice, "").empty();
        return fit;
    };
    if (schema.contains("$ref")) {
        const std::string name = schema["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
        return definitions.contains(name) ? inner(value, definitions[name], "") : at + ": no definition of " + name;
    }
    if (schema.contains("anyOf")) return fitting(schema["anyOf"]) > 0 ? "" : at + ": none of the choices";
    if (schema.contains("oneOf")) return fitting(schema["oneOf"]) == 1 ? "" : at + ": not just one of the choices";
    if (schema.contains("const")) return value == schema["const"] ? "" : at + ": not the constant";
    if (!schema.contains("type")) return {};
    const std::string type = schema["type"];
    const bool fits = type == "null"      ? value.is_null()
                      : type == "boolean" ? value.is_boolean()
                      : type == "integer" ? value.is_number_integer()
                      : type == "number"  ? value.is_number()
                      : type == "string"  ? value.is_string()
                      : type == "array"   ? value.is_array()
                                          : type == "object" && value.is_object();
    if (!fits) return at + ": is no " + type;
    if (schema.contains("minimum") && value < schema["minimum"]) return at + ": too small";
    if (schema.contains("maximum") && value > schema["maximum"]) return at + ": too large";
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end()) return at + ": unknown name";
    if (schema.contains("minItems") && value.size() < schema["minItems"]) return at + ": too short";
    if (schema.contains("maxItems") && value.size() > schema["maxItems"]) return at + ": too long";
    for (const auto& name : schema.value("required", nlohmann::json::array())) {
        if (!value.contains(name.get<std::string>())) return at + ": lacks " + name.get<std::string>();
    }
    std::string trouble;
    if (value.is_array()) {
        const nlohmann::json row = schema.value("prefixItems", nlohmann::json::array());
        for (std::size_t i = 0; i < value.size() && trouble.empty(); ++i) {
            const nlohmann::json wanted = i < row.size() ? row[i] : schema.value("items", nlohmann::json::object());
            trouble = inner(value[i], wanted, "[" + std::to_string(i) + "]");
        }
    }
    if (value.is_object()) {
        const nlohmann::json members = schema.value("properties", nlohmann::json::object());
        for (const auto& [name, part] : value.items()) {
            if (!trouble.empty()) break;
            const nlohmann::json others = schema.value("additionalProperties", nlohmann::json::object());
            trouble = inner(part, members.contains(name) ? members[name] : others, "." + name);
        }
    }
    return trouble;
}

}  // namespace perdure
