#include "api/json_shape.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "api/json_enum.hpp"
#include "api/proto.hpp"

namespace perdure::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

enum class wire_type : std::uint8_t { varint = 0, fixed64 = 1, sized = 2 };

wire_type wire_type_of(json_kind kind) {
    switch (kind) {
        case json_kind::truth:
        case json_kind::int32:
        case json_kind::int64:
        case json_kind::uint32:
        case json_kind::uint64:
        case json_kind::choice:
            return wire_type::varint;
        case json_kind::real:
            return wire_type::fixed64;
        default:
            return wire_type::sized;
    }
}

json_kind message_kind(const FieldDescriptor& field) {
    const Descriptor* type = field.message_type();
    if (field.is_map()) {
        return type->map_key()->type() == FieldDescriptor::TYPE_STRING ? json_kind::map : json_kind::other;
    }
    if (type == google::protobuf::Timestamp::descriptor()) return json_kind::time;
    if (type == google::protobuf::Duration::descriptor()) return json_kind::span;
    return json_kind::message;
}

json_kind kind_of(const FieldDescriptor& field) {
    switch (field.type()) {
        case FieldDescriptor::TYPE_STRING:
            return json_kind::text;
        case FieldDescriptor::TYPE_BYTES:
            return json_kind::bytes;
        case FieldDescriptor::TYPE_BOOL:
            return json_kind::truth;
        case FieldDescriptor::TYPE_INT32:
            return json_kind::int32;
        case FieldDescriptor::TYPE_INT64:
            return json_kind::int64;
        case FieldDescriptor::TYPE_UINT32:
            return json_kind::uint32;
        case FieldDescriptor::TYPE_UINT64:
            return json_kind::uint64;
        case FieldDescriptor::TYPE_DOUBLE:
            return json_kind::real;
        case FieldDescriptor::TYPE_ENUM:
            return json_kind::choice;
        case FieldDescriptor::TYPE_MESSAGE:
            return message_kind(field);
        default:
            return json_kind::other;
    }
}

/// `TIMER_FIRED` as `TimerFired`.
std::string camel_case(std::string_view name) {
    std::string camel;
    bool upper = true;
    for (const char c : name) {
        if (c == '_') {
            upper = true;
            continue;
        }
        camel += !upper && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        upper = false;
    }
    return camel;
}

/// Only spellings that are in use stand in the table; what each means is asked of the thorough reader.
json_choices choices_of(const EnumDescriptor& type) {
    std::vector<std::pair<std::string, int>> names;
    const auto add = [&](const std::string& name) {
        const enum_reading read = read_enum_value(type, json_value(name));
        if (read.number) names.emplace_back(name, *read.number);
    };
    for (int i = 0; i < type.value_count(); ++i) {
        const std::string& name = type.value(i)->name();
        add(name);
        add(camel_case(name));
        for (std::size_t cut = name.find('_'); cut != std::string::npos; cut = name.find('_', cut + 1)) {
            add(name.substr(cut + 1));
            add(camel_case(name.substr(cut + 1)));
        }
    }
    return {&type, name_table<int>(std::move(names))};
}

/// All shapes of the process.
class shapes {
  public:
    const json_shape* of(const Descriptor& type) {
        const std::lock_guard lock(mutex_);
        return find_or_make(type);
    }

  private:
    const json_shape* find_or_make(const Descriptor& type) {
        const auto found = shapes_.find(&type);
        if (found != shapes_.end()) return found->second.get();
        auto& place = shapes_[&type];
        if (type.file()->pool() != google::protobuf::DescriptorPool::generated_pool() || type.field_count() > json_shape_fields ||
            type.oneof_decl_count() > json_shape_oneofs || &type == google::protobuf::Any::descriptor() ||
            &type == google::protobuf::Timestamp::descriptor() || &type == google::protobuf::Duration::descriptor()) {
            return nullptr;
        }
        place = std::make_unique<json_shape>();
        json_shape& shape = *place;  // stands before its fields are looked at, because types contain themselves
        shape.id = next_id_++;
        shape.is_payload = &type == pb::common::Payload::descriptor();
        std::vector<std::pair<std::string, json_field>> members;
        for (int i = 0; i < type.field_count(); ++i) {
            const FieldDescriptor& field = *type.field(i);
            for (const std::string& name : {field.camelcase_name(), field.name(), field.json_name()}) {
                json_field made = describe(*find_json_field(type, name));
                made.quoted = '"' + name + '"';
                made.owner = &shape;
                made.id = next_id_++;
                members.emplace_back(name, std::move(made));
            }
        }
        shape.members = name_table<json_field>(std::move(members));
        return &shape;
    }

    json_field describe(const FieldDescriptor& field) {
        json_field made;
        made.kind = kind_of(field);
        made.repeated = field.is_repeated() && !field.is_map();
        made.index = static_cast<std::uint8_t>(field.index());
        if (const auto* oneof = field.real_containing_oneof()) made.oneof = static_cast<std::uint8_t>(oneof->index() + 1);
        std::uint32_t tag = static_cast<std::uint32_t>(field.number()) << 3U;
        for (tag |= static_cast<std::uint32_t>(wire_type_of(made.kind)); tag >= 0x80U; tag >>= 7U) {
            made.tag[made.tag_size++] = static_cast<char>(tag | 0x80U);
        }
        made.tag[made.tag_size++] = static_cast<char>(tag);
        if (made.kind == json_kind::message) {
            made.message = find_or_make(*field.message_type());
            if (made.message == nullptr) made.kind = json_kind::other;
        } else if (made.kind == json_kind::choice) {
            auto& choices = choices_[field.enum_type()];
            if (choices == nullptr) choices = std::make_unique<json_choices>(choices_of(*field.enum_type()));
            made.choices = choices.get();
        } else if (made.kind == json_kind::map) {
            auto& value = map_values_[&field];
            if (value == nullptr) value = std::make_unique<json_field>(describe(*field.message_type()->map_value()));
            made.map_value = value.get();
        }
        return made;
    }

    std::mutex mutex_;
    std::uint32_t next_id_ = 0;
    std::unordered_map<const Descriptor*, std::unique_ptr<json_shape>> shapes_;
    std::unordered_map<const EnumDescriptor*, std::unique_ptr<json_choices>> choices_;
    std::unordered_map<const FieldDescriptor*, std::unique_ptr<json_field>> map_values_;
};

}  // namespace

const FieldDescriptor* find_json_field(const Descriptor& type, const std::string& name) {
    const FieldDescriptor* field = type.FindFieldByCamelcaseName(name);
    if (field == nullptr) field = type.FindFieldByName(name);
    if (field != nullptr) return field;
    for (int i = 0; i < type.field_count(); ++i) {
        if (type.field(i)->json_name() == name) return type.field(i);
    }
    return nullptr;
}

const json_shape* shape_of(const Descriptor& type) {
    static shapes& all = *new shapes;  // outlives the threads that read while the program ends
    // Readers ask for the same type over and over; this saves them the lock.
    thread_local const Descriptor* last = nullptr;
    thread_local const json_shape* last_shape = nullptr;
    if (&type != last) {
        last_shape = all.of(type);
        last = &type;
    }
    return last_shape;
}

}  // namespace perdure::detail
