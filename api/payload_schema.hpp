#pragma once

#include <type_traits>

#include "api/codec.hpp"
#include "api/json_schema.hpp"

namespace perdure::detail {

/// Makes the schema of one payload type; a null stands for no payload at all.
using schema_function = schema_node (*)(schema_set& set);

/// The schema of what codec<T> writes. A codec of the type's own says nothing about its bytes, so anything fits.
template <class T>
schema_node payload_schema(schema_set& set) {
    if constexpr (std::is_void_v<T>) {
        return no_schema();
    } else if constexpr (std::is_same_v<T, bytes_type>) {
        return bytes_schema();
    } else if constexpr (requires { codec<T>::writes_json; }) {
        return schema_of<T>(set);
    } else {
        return opaque_schema(type_name<T>());
    }
}

}  // namespace perdure::detail
