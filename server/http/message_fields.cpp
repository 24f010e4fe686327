#include "server/http/message_fields.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/assert.hpp"

namespace perdure::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
    const std::string text(name);
    const FieldDescriptor* field = type.FindFieldByName(text);
    if (field == nullptr) field = type.FindFieldByCamelcaseName(text);
    return field;
}

std::string known_fields(const Descriptor& type) {
    std::string names;
    for (int i = 0; i < type.field_count(); ++i) names += (i == 0 ? "" : ", ") + type.field(i)->json_name();
    return names.empty() ? "none" : names;
}

bool is_plain_message(const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map() &&
           !field.message_type()->full_name().starts_with("google.protobuf.");
}

// A value as JSON: proto-JSON takes numbers, times and bytes as text, but wants bare booleans and enum numbers.
result<json_value> value_as_json(const FieldDescriptor& field, const std::string& name, const std::string& text) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
        // "?waitNewEvent" alone is what a person means by true.
        if (text == "true" || text == "1" || text.empty()) return json_value(true);
        if (text == "false" || text == "0") return json_value(false);
        return service_failure{status_code::invalid_argument,
                               "query parameter \"" + name + "\" must be true or false, not \"" + text + "\""};
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size())
            return number < 0 ? json_value(number) : json_value(static_cast<std::uint64_t>(number));
    }
    return json_value(text);
}

json_value& member(json_value& object, const std::string& name) {
    json_value::object& members = *object.if_object();
    const auto found = std::ranges::find(members, name, &json_member::name);
    if (found != members.end()) return found->value;
    members.push_back({name, json_value()});
    return members.back().value;
}

result<done> insert(json_value& root, const Descriptor& root_type, const std::string& name, const std::string& text) {
    const Descriptor* type = &root_type;
    json_value* object = &root;
    std::string_view rest = name;
    for (;;) {
        const std::size_t dot = rest.find('.');
        const FieldDescriptor* field = find_field(*type, rest.substr(0, dot));
        if (field == nullptr)
            return service_failure{status_code::invalid_argument, "there is no query parameter \"" + name + "\" here; " +
                                                                      type->name() + " has: " + known_fields(*type)};
        json_value& value = member(*object, field->json_name());
        if (dot != std::string_view::npos && is_plain_message(*field) && !field->is_repeated()) {
            if (value.is_null()) value = json_value(json_value::object{});
            object = &value;
            type = field->message_type();
            rest.remove_prefix(dot + 1);
            continue;
        }
        if (dot != std::string_view::npos || is_plain_message(*field) || field->is_map())
            return service_failure{status_code::invalid_argument,
                                   "query parameter \"" + name + "\" is not a single value; name one of its fields with a dot"};
        auto one = value_as_json(*field, name, text);
        if (!one) return std::move(one.error());
        if (field->is_repeated()) {
            if (value.is_null()) value = json_value(json_value::list{});
            value.if_list()->push_back(*std::move(one));
        } else if (!value.is_null()) {
            return service_failure{status_code::invalid_argument, "query parameter \"" + name + "\" was given twice"};
        } else {
            value = *std::move(one);
        }
        return done{};
    }
}

}  // namespace

void set_text_field(google::protobuf::Message& message, std::string_view path, const std::string& value) {
    google::protobuf::Message* at = &message;
    for (;;) {
        const std::size_t dot = path.find('.');
        const FieldDescriptor* field = find_field(*at->GetDescriptor(), path.substr(0, dot));
        PERDURE_ASSERT(field != nullptr, "a route names fields of its request");
        if (dot == std::string_view::npos) {
            at->GetReflection()->SetString(at, field, value);
            return;
        }
        at = at->GetReflection()->MutableMessage(at, field);
        path.remove_prefix(dot + 1);
    }
}

result<json_value> query_as_json(const Descriptor& type, const std::vector<std::pair<std::string, std::string>>& query) {
    json_value root{json_value::object{}};
    for (const auto& [name, text] : query) {
        if (name == "pretty" || name == "noPayloadShorthand") continue;
        if (auto ok = insert(root, type, name, text); !ok) return std::move(ok.error());
    }
    return root;
}

}  // namespace perdure::server
