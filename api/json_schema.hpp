#pragma once

// JSON Schemas (draft 2020-12) of the values that describe_json.hpp writes, from the same descriptions. Only what names a C++
// type is a template; the rest is in json_schema.cpp.

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "api/json_traits.hpp"
#include "api/json_value.hpp"
#include "api/type_name.hpp"

namespace perdure {

namespace detail {

template <class T>
inline constexpr char schema_identity = 0;

}  // namespace detail

/// Schemas that refer to each other: structs and enums stand once, by name, and may contain themselves.
class schema_set {
  public:
    /// `{"Order": {...}, ...}`, sorted by name: what `#/$defs/Order` refers to.
    [[nodiscard]] json_value definitions() const;

    /// A reference to the type's definition. `make` is called once a type, to give it.
    template <class Make>
    [[nodiscard]] json_value refer(const void* type, std::string_view spelled, Make make) {
        const auto [name, is_new] = name_of(type, spelled);
        if (is_new) define(name, make());
        return reference(name);
    }

  private:
    std::pair<std::string, bool> name_of(const void* type, std::string_view spelled);
    void define(const std::string& name, json_value schema);
    static json_value reference(const std::string& name);

    std::map<const void*, std::string> names_;
    std::map<std::string, json_value> definitions_;
};

namespace detail {

/// `{"type": type, "format": format}`, without what is empty.
[[nodiscard]] json_value plain_schema(std::string_view type, std::string_view format = {});
/// An integer of so many bits: the limits up to 32, the format int64 or uint64 above.
[[nodiscard]] json_value integer_schema(std::size_t bits, bool is_signed);
[[nodiscard]] json_value bytes_schema();
[[nodiscard]] json_value enum_schema(json_value::list names);
[[nodiscard]] json_value nullable_schema(json_value schema);
[[nodiscard]] json_value map_schema(json_value values);
[[nodiscard]] json_value list_schema(json_value items, bool unique);
/// A list of just these items.
[[nodiscard]] json_value row_schema(json_value::list items);
/// `{"type": tag, "value": ...}`.
[[nodiscard]] json_value tagged_schema(std::string_view tag, json_value value);
[[nodiscard]] json_value choice_schema(json_value::list choices);
/// Anything: the type's own functions decide.
[[nodiscard]] json_value opaque_schema(std::string_view title);

/// An object whose members are added one by one.
class object_schema {
  public:
    void add(std::string_view name, json_value schema, bool required);
    [[nodiscard]] json_value take();

  private:
    json_value::object members_;
    json_value::list required_;
};

template <class T>
[[nodiscard]] json_value schema_of(schema_set& set);

template <class T>
json_value members_schema(schema_set& set) {
    object_schema made;
    boost::mp11::mp_for_each<described_members<T>>([&](auto member) {
        using held = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        made.add(member.name, schema_of<held>(set), !is_optional<held>);
    });
    return made.take();
}

template <class E>
json_value enumerators_schema() {
    json_value::list names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { names.emplace_back(std::string(enumerator.name)); });
    return enum_schema(std::move(names));
}

template <class... T>
json_value variant_schema(schema_set& set, std::type_identity<std::variant<T...>>) {
    json_value::list choices;
    (choices.push_back(tagged_schema(tag_of<T>(), schema_of<T>(set))), ...);
    return choice_schema(std::move(choices));
}

template <class T>
json_value tuple_schema(schema_set& set) {
    json_value::list items;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (items.push_back(schema_of<std::tuple_element_t<I, T>>(set)), ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
    return row_schema(std::move(items));
}

/// The schema of what write_value writes for a T.
template <class T>
json_value schema_of(schema_set& set) {
    if constexpr (std::is_same_v<T, json_value> || std::is_same_v<T, nlohmann::json>) {
        return json_value(json_value::object{});
    } else if constexpr (has_adl_json<T>) {
        return opaque_schema(type_name<T>());
    } else if constexpr (std::is_same_v<T, bool>) {
        return plain_schema("boolean");
    } else if constexpr (std::is_integral_v<T>) {
        return integer_schema(8 * sizeof(T), std::is_signed_v<T>);
    } else if constexpr (std::is_floating_point_v<T>) {
        return plain_schema("number");
    } else if constexpr (std::is_same_v<T, std::string>) {
        return plain_schema("string");
    } else if constexpr (std::is_same_v<T, std::monostate>) {
        return plain_schema("null");
    } else if constexpr (described_enum<T>) {
        return set.refer(&schema_identity<T>, type_name<T>(), &enumerators_schema<T>);
    } else if constexpr (is_optional<T>) {
        return nullable_schema(schema_of<typename T::value_type>(set));
    } else if constexpr (is_duration<T>) {
        return plain_schema("string", "duration");
    } else if constexpr (is_sys_time<T>) {
        return plain_schema("string", "date-time");
    } else if constexpr (std::is_same_v<T, bytes_type>) {
        return bytes_schema();
    } else if constexpr (is_text_map<T>) {
        return map_schema(schema_of<typename T::mapped_type>(set));
    } else if constexpr (is_sequence<T>) {
        return list_schema(schema_of<typename T::value_type>(set), is_instance<T, std::set>);
    } else if constexpr (is_fixed_array<T>) {
        return row_schema(json_value::list(std::tuple_size_v<T>, schema_of<typename T::value_type>(set)));
    } else if constexpr (is_tuple<T>) {
        return tuple_schema<T>(set);
    } else if constexpr (is_variant<T>) {
        return variant_schema(set, std::type_identity<T>());
    } else {
        static_assert(described_struct<T>, "perdure: the value has no JSON form");
        return set.refer(&schema_identity<T>, type_name<T>(), [&set] { return members_schema<T>(set); });
    }
}

}  // namespace detail
}  // namespace perdure
