#include "api/json_shorthand.hpp"

#include <algorithm>

#include "api/base64.hpp"
#include "api/payload.hpp"

namespace perdure::detail {
namespace {

constexpr std::string_view type_member = "_protoMessageType";
constexpr const char* type_key = "messageType";

}  // namespace

bool is_full_payload(const json_value& json) {
    const json_value::object* members = json.if_object();
    if (members == nullptr) return false;
    const json_value* metadata = json.find("metadata");
    if (metadata == nullptr || metadata->if_object() == nullptr || metadata->find("encoding") == nullptr) return false;
    const auto known = [](const json_member& member) {
        return member.name == "metadata" || member.name == "data" || member.name == "externalPayloads" ||
               member.name == "external_payloads";
    };
    const auto is_base64 = [](const json_member& entry) {
        return entry.value.if_text() != nullptr && from_base64(*entry.value.if_text()).has_value();
    };
    const json_value* data = json.find("data");
    return std::all_of(members->begin(), members->end(), known) &&
           std::all_of(metadata->if_object()->begin(), metadata->if_object()->end(), is_base64) &&
           (data == nullptr || data->is_null() || (data->if_text() != nullptr && from_base64(*data->if_text()).has_value()));
}

void read_shorthand(const json_value& json, pb::common::Payload& into) {
    raw_payload raw;
    const json_value* type = json.find(type_member);
    if (json.is_null()) {
        raw.encoding = encoding::null;
    } else if (type != nullptr && type->if_text() != nullptr) {
        json_value::object rest;
        for (const json_member& member : *json.if_object()) {
            if (member.name != type_member) rest.push_back(member);
        }
        raw.encoding = encoding::json_protobuf;
        raw.metadata[type_key] = *type->if_text();
        raw.data = write_json(json_value(std::move(rest)));
    } else {
        raw.encoding = encoding::json;
        raw.data = write_json(json);
    }
    into = to_proto(std::move(raw));
}

bool write_shorthand(const pb::common::Payload& payload, json_writer& out) {
    if (payload.external_payloads_size() != 0) return false;
    const std::string& how = encoding_of(payload);
    if (how == encoding::null && payload.metadata_size() == 1 && payload.data().empty()) {
        out.null();
        return true;
    }
    const auto type = payload.metadata().find(type_key);
    const bool is_message = how == encoding::json_protobuf && payload.metadata_size() == 2 && type != payload.metadata().end();
    if (!is_message && (how != encoding::json || payload.metadata_size() != 1)) return false;
    result<json_value> held = parse_json(payload.data(), json_max_depth / 2);
    if (!held || held->is_null()) return false;
    if (is_message) {
        if (held->if_object() == nullptr || held->find(type_member) != nullptr) return false;
        held->if_object()->insert(held->if_object()->begin(), {std::string(type_member), json_value(type->second)});
        out.value(*held);
        return true;
    }
    if (is_full_payload(*held) || held->find(type_member) != nullptr) return false;
    out.reformatted(payload.data());
    return true;
}

}  // namespace perdure::detail
