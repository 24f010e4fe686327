#include "cli/render/proto_json.hpp"

#include <google/protobuf/util/json_util.h>

namespace perdure::cli {
namespace {

const std::string* encoding_of(const pb::common::Payload& payload) {
    const auto found = payload.metadata().find("encoding");
    return found == payload.metadata().end() ? nullptr : &found->second;
}

bool holds_json(const pb::common::Payload& payload) {
    const auto* encoding = encoding_of(payload);
    return encoding != nullptr && (*encoding == "json/plain" || *encoding == "json/protobuf");
}

ordered_json print(const google::protobuf::Message& message) {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    if (!status.ok()) return "not printable: " + status.ToString();
    return ordered_json::parse(text, nullptr, false);
}

/// The payload as the value it holds; proto-JSON where it holds none.
ordered_json value_of(const pb::common::Payload& payload) {
    const auto* encoding = encoding_of(payload);
    if (encoding != nullptr && *encoding == "binary/null") return nullptr;
    if (holds_json(payload)) {
        auto value = ordered_json::parse(payload.data(), nullptr, false);
        if (!value.is_discarded()) return value;
    }
    return print(payload);
}

/// A payload in proto-JSON: an object with an encoding in base64 and nothing but metadata and data.
bool looks_like_payload(const ordered_json& value) {
    if (!value.is_object() || !value.contains("metadata") || value.size() > 2) return false;
    if (value.size() == 2 && !value.contains("data")) return false;
    const auto& metadata = value["metadata"];
    return metadata.is_object() && metadata.contains("encoding") && metadata["encoding"].is_string();
}

}  // namespace

ordered_json with_shorthand(ordered_json value) {
    if (looks_like_payload(value)) {
        pb::common::Payload payload;
        const auto status = google::protobuf::util::JsonStringToMessage(value.dump(), &payload);
        return status.ok() ? value_of(payload) : value;
    }
    if (value.is_object() && value.size() == 1 && value.contains("payloads") && value["payloads"].is_array()) {
        return with_shorthand(std::move(value["payloads"]));
    }
    if (value.is_structured()) {
        for (auto& member : value) member = with_shorthand(std::move(member));
    }
    return value;
}

ordered_json proto_json(const google::protobuf::Message& message, payload_form form) {
    auto value = print(message);
    return form == payload_form::shorthand ? with_shorthand(std::move(value)) : value;
}

ordered_json friendly_json(const pb::common::Payloads& payloads) {
    if (payloads.payloads_size() == 0) return nullptr;
    if (payloads.payloads_size() == 1) return value_of(payloads.payloads(0));
    auto list = ordered_json::array();
    for (const auto& payload : payloads.payloads()) list.push_back(value_of(payload));
    return list;
}

}  // namespace perdure::cli
