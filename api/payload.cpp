#include "api/payload.hpp"

namespace perdure {
namespace {

constexpr const char* encoding_key = "encoding";

raw_payload without_data(const pb::common::Payload& payload) {
    raw_payload raw;
    for (const auto& [key, value] : payload.metadata()) {
        if (key == encoding_key) {
            raw.encoding = value;
        } else {
            raw.metadata.emplace(key, value);
        }
    }
    return raw;
}

}  // namespace

pb::common::Payload to_proto(raw_payload payload) {
    pb::common::Payload message;
    auto& metadata = *message.mutable_metadata();
    if (!payload.encoding.empty()) metadata[encoding_key] = std::move(payload.encoding);
    for (auto& [key, value] : payload.metadata) metadata[key] = std::move(value);
    message.set_data(std::move(payload.data));
    return message;
}

raw_payload from_proto(const pb::common::Payload& payload) {
    raw_payload raw = without_data(payload);
    raw.data = payload.data();
    return raw;
}

raw_payload from_proto(pb::common::Payload&& payload) {
    raw_payload raw = without_data(payload);
    raw.data = std::move(*payload.mutable_data());
    return raw;
}

pb::common::Payloads to_proto(std::vector<raw_payload> payloads) {
    pb::common::Payloads message;
    for (raw_payload& payload : payloads) *message.add_payloads() = to_proto(std::move(payload));
    return message;
}

std::vector<raw_payload> from_proto(const pb::common::Payloads& payloads) {
    std::vector<raw_payload> list;
    list.reserve(static_cast<std::size_t>(payloads.payloads_size()));
    for (const auto& payload : payloads.payloads()) list.push_back(from_proto(payload));
    return list;
}

std::vector<raw_payload> from_proto(pb::common::Payloads&& payloads) {
    std::vector<raw_payload> list;
    list.reserve(static_cast<std::size_t>(payloads.payloads_size()));
    for (auto& payload : *payloads.mutable_payloads()) list.push_back(from_proto(std::move(payload)));
    return list;
}

pb::common::Payload json_payload(std::string json) {
    return to_proto(raw_payload{std::string(encoding::json), std::move(json), {}});
}

const std::string& encoding_of(const pb::common::Payload& payload) noexcept {
    static const std::string none;
    const auto found = payload.metadata().find(encoding_key);
    return found == payload.metadata().end() ? none : found->second;
}

}  // namespace perdure
