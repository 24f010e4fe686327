#include "history_service/engine/properties.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace perdure::history {
namespace {

using field_map = google::protobuf::Map<std::string, pb::common::Payload>;

bool means_removal(const pb::common::Payload& payload) {
    const auto encoding = payload.metadata().find("encoding");
    if (encoding != payload.metadata().end() && encoding->second == "binary/null") return true;
    return payload.data().empty() || payload.data() == "null" || payload.data() == "[]";
}

void merge_fields(field_map& fields, const field_map& upserted) {
    for (const auto& [name, payload] : upserted) {
        if (means_removal(payload)) {
            fields.erase(name);
        } else {
            fields[name] = payload;
        }
    }
}

std::string type_of(const std::string& data) {
    const auto value = nlohmann::json::parse(data, nullptr, false);
    if (value.is_boolean()) return "Bool";
    if (value.is_number_integer()) return "Int";
    if (value.is_number_float()) return "Double";
    if (value.is_array()) return "KeywordList";
    return "Keyword";
}

}  // namespace

void merge(pb::common::Memo& memo, const pb::common::Memo& upserted) { merge_fields(*memo.mutable_fields(), upserted.fields()); }

void merge(pb::common::SearchAttributes& attributes, const pb::common::SearchAttributes& upserted) {
    merge_fields(*attributes.mutable_indexed_fields(), upserted.indexed_fields());
}

void name_types(pb::common::SearchAttributes& attributes) {
    for (auto& [name, payload] : *attributes.mutable_indexed_fields()) {
        auto& metadata = *payload.mutable_metadata();
        if (!metadata.contains("type")) metadata["type"] = type_of(payload.data());
    }
}

pb::common::Payload unversioned_build_ids() {
    pb::common::Payload payload;
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    (*payload.mutable_metadata())["type"] = "KeywordList";
    payload.set_data(R"(["unversioned"])");
    return payload;
}

}  // namespace perdure::history
