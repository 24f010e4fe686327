#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>
#include <string>

#include "api/assert.hpp"
#include "api/json.hpp"
#include "api/json_message.hpp"

namespace perdure::fuzz {

inline std::string canonical_bytes(const google::protobuf::Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&out);
    out.Trim();
    return bytes;
}

/// Whether the quick reader reads the text; if it does, the thorough reader must read the same.
inline bool read_the_same(std::string_view json, const google::protobuf::Message& type, const json_parse_options& options) {
    const std::unique_ptr<google::protobuf::Message> quick(type.New());
    const std::size_t read = detail::read_quickly(json, *quick, options);
    if (read == 0) return false;
    PERDURE_ASSERT(read <= json.size(), "no more is read than there is");
    const auto value = parse_json(json.substr(0, read));
    PERDURE_ASSERT(value.has_value(), "what is read quickly is one JSON value");
    const std::unique_ptr<google::protobuf::Message> thorough(type.New());
    PERDURE_ASSERT(parse_message(*value, *thorough, options).has_value(), "what is read quickly is read thoroughly");
    quick->ByteSizeLong();
    thorough->ByteSizeLong();
    PERDURE_ASSERT(canonical_bytes(*quick) == canonical_bytes(*thorough), "both readers read the same");
    return true;
}

/// With every combination of options; whether any of them reads it quickly.
inline bool read_the_same_always(std::string_view json, const google::protobuf::Message& type) {
    bool read = false;
    for (const bool shorthand : {true, false}) {
        for (const auto unknown : {unknown_fields::refuse, unknown_fields::ignore}) {
            read |= read_the_same(json, type, {.payload_shorthand = shorthand, .unknown = unknown});
        }
    }
    return read;
}

}  // namespace perdure::fuzz
