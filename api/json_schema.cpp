#include "api/json_schema.hpp"

#include <cstdint>

namespace perdure {

namespace {

json_value text(std::string_view value) { return json_value(std::string(value)); }

// A name that needs no escape in a JSON pointer or a URI: shop::Order becomes shop.Order.
std::string plain_name(std::string_view spelled) {
    constexpr std::string_view unnamed = "(anonymous namespace)::";
    std::string name;
    while (!spelled.empty()) {
        if (spelled.starts_with(unnamed)) {
            spelled.remove_prefix(unnamed.size());
            continue;
        }
        const char c = spelled.front();
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (spelled.starts_with("::")) {
            name += '.';
            spelled.remove_prefix(1);
        } else if (plain || (!name.empty() && name.back() != '-')) {
            name += plain ? c : '-';
        }
        spelled.remove_prefix(1);
    }
    while (name.ends_with('-')) name.pop_back();
    return name;
}

}  // namespace

std::pair<std::string, bool> schema_set::name_of(const void* type, std::string_view spelled) {
    if (const auto known = names_.find(type); known != names_.end()) return {known->second, false};
    const std::string plain = plain_name(spelled);
    std::string name = plain;
    // Two unnamed namespaces may have a type of the same name.
    for (int count = 2; definitions_.contains(name); ++count) name = plain + "-" + std::to_string(count);
    names_.emplace(type, name);
    definitions_.emplace(name, json_value());  // reserves the name: the type may contain itself
    return {std::move(name), true};
}

void schema_set::define(const std::string& name, json_value schema) { definitions_[name] = std::move(schema); }

json_value schema_set::reference(const std::string& name) {
    return json_value(json_value::object{{"$ref", text("#/$defs/" + name)}});
}

json_value schema_set::definitions() const {
    json_value::object all;
    for (const auto& [name, schema] : definitions_) all.push_back({name, schema});
    return json_value(std::move(all));
}

namespace detail {

json_value plain_schema(std::string_view type, std::string_view format) {
    json_value::object schema{{"type", text(type)}};
    if (!format.empty()) schema.push_back({"format", text(format)});
    return json_value(std::move(schema));
}

json_value integer_schema(std::size_t bits, bool is_signed) {
    json_value::object schema{{"type", text("integer")}};
    if (bits > 32) {
        schema.push_back({"format", text(is_signed ? "int64" : "uint64")});
        if (!is_signed) schema.push_back({"minimum", json_value(std::uint64_t{0})});
        return json_value(std::move(schema));
    }
    const std::int64_t above = std::int64_t{1} << (is_signed ? bits - 1 : bits);
    schema.push_back({"minimum", is_signed ? json_value(-above) : json_value(std::uint64_t{0})});
    schema.push_back({"maximum", json_value(static_cast<std::uint64_t>(above - 1))});
    return json_value(std::move(schema));
}

json_value bytes_schema() {
    return json_value(json_value::object{{"type", text("string")}, {"contentEncoding", text("base64")}});
}

json_value enum_schema(json_value::list names) {
    return json_value(json_value::object{{"type", text("string")}, {"enum", json_value(std::move(names))}});
}

json_value nullable_schema(json_value schema) {
    json_value::list choices;
    choices.push_back(std::move(schema));
    choices.push_back(plain_schema("null"));
    return json_value(json_value::object{{"anyOf", json_value(std::move(choices))}});
}

json_value map_schema(json_value values) {
    return json_value(json_value::object{{"type", text("object")}, {"additionalProperties", std::move(values)}});
}

json_value list_schema(json_value items, bool unique) {
    json_value::object schema{{"type", text("array")}, {"items", std::move(items)}};
    if (unique) schema.push_back({"uniqueItems", json_value(true)});
    return json_value(std::move(schema));
}

json_value row_schema(json_value::list items) {
    const json_value count(static_cast<std::uint64_t>(items.size()));
    json_value::object schema{{"type", text("array")}};
    if (!items.empty()) schema.push_back({"prefixItems", json_value(std::move(items))});
    schema.push_back({"minItems", count});
    schema.push_back({"maxItems", count});
    return json_value(std::move(schema));
}

json_value tagged_schema(std::string_view tag, json_value value) {
    object_schema made;
    made.add("type", json_value(json_value::object{{"const", text(tag)}}), true);
    made.add("value", std::move(value), true);
    return made.take();
}

json_value choice_schema(json_value::list choices) {
    return json_value(json_value::object{{"oneOf", json_value(std::move(choices))}});
}

json_value opaque_schema(std::string_view title) { return json_value(json_value::object{{"title", text(title)}}); }

void object_schema::add(std::string_view name, json_value schema, bool required) {
    members_.push_back({std::string(name), std::move(schema)});
    if (required) required_.push_back(text(name));
}

json_value object_schema::take() {
    json_value::object schema{{"type", text("object")}, {"properties", json_value(std::move(members_))}};
    if (!required_.empty()) schema.push_back({"required", json_value(std::move(required_))});
    return json_value(std::move(schema));
}

}  // namespace detail
}  // namespace perdure
