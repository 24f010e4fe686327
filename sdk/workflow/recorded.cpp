#include "sdk/workflow/recorded.hpp"

#include <string>
#include <utility>

#include "api/payload.hpp"
#include "api/proto.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {
namespace {

pb::command::RecordMarkerCommandAttributes& add_marker(command_entry& entry, std::string_view marker, std::string id) {
    entry.type = pb::enums::COMMAND_TYPE_RECORD_MARKER;
    entry.id = std::move(id);
    entry.name = std::string(marker);
    entry.message = std::make_unique<pb::command::Command>();
    entry.message->set_command_type(pb::enums::COMMAND_TYPE_RECORD_MARKER);
    auto& attributes = *entry.message->mutable_record_marker_command_attributes();
    attributes.set_marker_name(std::string(marker));
    return attributes;
}

void issue_marker(run& owner, std::string_view marker, std::string id, std::string_view name, pb::common::Payloads id_payload,
                  pb::common::Payloads data, std::int64_t call) {
    command_entry entry;
    auto& details = *add_marker(entry, marker, std::move(id)).mutable_details();
    details[std::string(marker_id_key)] = std::move(id_payload);
    details[std::string(marker_data_key)] = std::move(data);
    if (call > 0) details[std::string(marker_counter_key)] = to_payloads(call);
    if (!name.empty()) details["name"] = to_payloads(std::string(name));
    owner.add_command(std::move(entry));
}

}  // namespace

arguments record_side_effect(run& owner, std::string_view name, side_effect_function make) {
    const std::int64_t id = owner.markers().next_side_effect();
    arguments value;
    if (!owner.markers().take_side_effect(id, value)) value = make();
    issue_marker(owner, side_effect_marker, std::to_string(id), name, to_payloads(id), to_proto(value.values), 0);
    return value;
}

arguments record_mutable_side_effect(run& owner, std::string_view id, side_effect_function make) {
    marker_book& book = owner.markers();
    const std::int64_t call = book.next_mutable(id);
    arguments value;
    if (!book.take_mutable(id, call, value)) {
        const arguments* last = book.last_mutable(id);
        if (owner.replaying() && last != nullptr) return *last;
        value = make();
        if (last != nullptr && *last == value) return value;
    }
    book.set_last_mutable(id, value);
    // The data of this marker is the id and the value: that is how the Go SDK writes it.
    pb::common::Payloads data = to_payloads(std::string(id));
    for (const raw_payload& payload : value.values) *data.add_payloads() = to_proto(payload);
    issue_marker(owner, mutable_side_effect_marker, std::string(id) + "_" + std::to_string(call), {},
                 to_payloads(std::string(id)), std::move(data), call);
    return value;
}

bool record_patch(run& owner, std::string_view id) {
    marker_book& book = owner.markers();
    if (const bool* known = book.patched(id)) return *known;
    const bool taken = !owner.replaying() || book.has_patch(id);
    book.remember_patch(id, taken);
    if (!taken) return false;
    constexpr std::int64_t first_version = 1;
    command_entry entry;
    auto& details = *add_marker(entry, version_marker, std::string(id)).mutable_details();
    details[std::string(version_id_key)] = to_payloads(std::string(id));
    details[std::string(version_number_key)] = to_payloads(first_version);
    owner.add_command(std::move(entry));
    return true;
}

}  // namespace perdure::detail
