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

schema_node::schema_node(json_value schema) : schema_(std::make_unique<json_value>(std::move(schema))) {}
schema_node::~schema_node() = default;
schema_node::schema_node(schema_node&&) noexcept = default;
schema_node& schema_node::operator=(schema_node&&) noexcept = default;

std::pair<std::string, bool> schema_set::name_of(const void* type, std::string_view spelled) {
    if (const auto known = names_.find(type); known != names_.end()) return {known->second, false};
    const std::string plain = plain_name(spelled);
    std::string name = plain;
    // Two unnamed namespaces may have a type of the same name.
    for (int count = 2; definitions_.contains(name); ++count) name = plain + "-" + std::to_string(count);
    names_.emplace(type, name);
    definitions_.emplace(name, detail::no_schema());  // reserves the name: the type may contain itself
    return {std::move(name), true};
}

void schema_set::define(const std::string& name, schema_node schema) { definitions_.at(name) = std::move(schema); }

schema_node schema_set::reference(const std::string& name) {
    return schema_node(json_value(json_value::object{{"$ref", text("#/$defs/" + name)}}));
}

json_value schema_set::definitions() const {
    json_value::object all;
    for (const auto& [name, schema] : definitions_) all.push_back({name, schema.json()});
    return json_value(std::move(all));
}

namespace detail {
namespace {

schema_node made(json_value::object members) { return schema_node(json_value(std::move(members))); }
json_value listed(schema_list list) { return json_value(std::move(list.items())); }

}  // namespace

schema_list::schema_list() : items_(std::make_unique<json_value::list>()) {}
schema_list::~schema_list() = default;
schema_list::schema_list(schema_list&&) noexcept = default;
void schema_list::add(schema_node schema) { items_->push_back(schema.json()); }
void schema_list::add(std::string_view name) { items_->push_back(text(name)); }

schema_node any_schema() { return made({}); }
schema_node no_schema() { return schema_node(json_value()); }

schema_node plain_schema(std::string_view type, std::string_view format) {
    json_value::object schema{{"type", text(type)}};
    if (!format.empty()) schema.push_back({"format", text(format)});
    return made(std::move(schema));
}

schema_node integer_schema(std::size_t bits, bool is_signed) {
    json_value::object schema{{"type", text("integer")}};
    if (bits > 32) {
        schema.push_back({"format", text(is_signed ? "int64" : "uint64")});
        if (!is_signed) schema.push_back({"minimum", json_value(std::uint64_t{0})});
        return made(std::move(schema));
    }
    const std::int64_t above = std::int64_t{1} << (is_signed ? bits - 1 : bits);
    schema.push_back({"minimum", is_signed ? json_value(-above) : json_value(std::uint64_t{0})});
    schema.push_back({"maximum", json_value(static_cast<std::uint64_t>(above - 1))});
    return made(std::move(schema));
}

schema_node bytes_schema() { return made({{"type", text("string")}, {"contentEncoding", text("base64")}}); }

schema_node enum_schema(schema_list names) { return made({{"type", text("string")}, {"enum", listed(std::move(names))}}); }

schema_node nullable_schema(schema_node schema) {
    schema_list choices;
    choices.add(std::move(schema));
    choices.add(plain_schema("null"));
    return made({{"anyOf", listed(std::move(choices))}});
}

schema_node map_schema(schema_node values) { return made({{"type", text("object")}, {"additionalProperties", values.json()}}); }

schema_node list_schema(schema_node items, bool unique) {
    json_value::object schema{{"type", text("array")}, {"items", items.json()}};
    if (unique) schema.push_back({"uniqueItems", json_value(true)});
    return made(std::move(schema));
}

schema_node row_schema(schema_list items) {
    const json_value count(static_cast<std::uint64_t>(items.items().size()));
    json_value::object schema{{"type", text("array")}};
    if (!items.items().empty()) schema.push_back({"prefixItems", listed(std::move(items))});
    schema.push_back({"minItems", count});
    schema.push_back({"maxItems", count});
    return made(std::move(schema));
}

schema_node repeated_schema(const schema_node& item, std::size_t count) {
    const json_value exactly(static_cast<std::uint64_t>(count));
    return made({{"type", text("array")}, {"items", item.json()}, {"minItems", exactly}, {"maxItems", exactly}});
}

schema_node tagged_schema(std::string_view tag, schema_node value) {
    object_schema schema;
    schema.add("type", made({{"const", text(tag)}}), true);
    schema.add("value", std::move(value), true);
    return schema.take();
}

schema_node choice_schema(schema_list choices) { return made({{"oneOf", listed(std::move(choices))}}); }

schema_node opaque_schema(std::string_view title) { return made({{"title", text(title)}}); }

void object_schema::add(std::string_view name, schema_node schema, bool required) {
    names_.add(name);
    members_.add(std::move(schema));
    if (required) required_.add(name);
}

schema_node object_schema::take() {
    json_value::object members;
    for (std::size_t i = 0; i < names_.items().size(); ++i)
        members.push_back({*names_.items()[i].if_text(), std::move(members_.items()[i])});
    json_value::object schema{{"type", text("object")}, {"properties", json_value(std::move(members))}};
    if (!required_.items().empty()) schema.push_back({"required", listed(std::move(required_))});
    return made(std::move(schema));
}

}  // namespace detail
}  // namespace perdure
