#pragma once

#include <google/protobuf/descriptor.h>

#include <array>
#include <cstdint>
#include <string>

#include "api/name_table.hpp"

// What reading a message from JSON needs to know of its type, worked out once a type.

namespace perdure::detail {

/// The field that JSON names: in camel case, as declared, or by a json_name of its own.
[[nodiscard]] const google::protobuf::FieldDescriptor* find_json_field(const google::protobuf::Descriptor& type,
                                                                       const std::string& name);

enum class json_kind : std::uint8_t {
    text,
    bytes,
    truth,
    int32,
    int64,
    uint32,
    uint64,
    real,
    choice,
    time,
    span,
    message,
    map,
    other  ///< rare, so only the thorough reader knows it
};

struct json_shape;

/// The spellings of an enum's values.
struct json_choices {
    const google::protobuf::EnumDescriptor* type = nullptr;
    name_table<int> names;
};

/// One spelling of a field's name, and what it stands for.
struct json_field {
    json_kind kind = json_kind::other;
    bool repeated = false;
    std::uint8_t index = 0;  ///< in the order of declaration
    std::uint8_t oneof = 0;  ///< counts from 1; 0 is none
    std::uint8_t tag_size = 0;
    std::array<char, 5> tag{};              ///< how the field begins on the wire
    const json_shape* message = nullptr;    ///< of a message
    const json_choices* choices = nullptr;  ///< of a choice
    std::string quoted{};                   ///< the name as it stands in the text
    const json_shape* owner = nullptr;
    std::uint32_t id = 0;                   ///< small, and hardly ever that of another
    const json_field* map_value = nullptr;  ///< of a map, whose keys are texts
};

/// The most fields, and the most oneofs, that a type may have to be read by its shape.
inline constexpr int json_shape_fields = 128;
inline constexpr int json_shape_oneofs = 63;

struct json_shape {
    name_table<json_field> members;
    bool is_payload = false;
    std::uint32_t id = 0;  ///< counts with those of the fields
};

/// None for a type that is not compiled in, for one with a JSON form of its own and for one with too many fields. Any thread
/// may ask; the answer lives as long as the program.
[[nodiscard]] const json_shape* shape_of(const google::protobuf::Descriptor& type);

}  // namespace perdure::detail
