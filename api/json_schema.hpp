#pragma once

// JSON Schemas (draft 2020-12) of the values that describe_json.hpp writes, from the same descriptions. Only what names a C++
// type is a template; the rest is in json_schema.cpp.

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <limits>
#include <map>
#include <memory>
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

/// The schema of one value, or none. What is done with it stands in json_schema.cpp: moving a json_value where payloads are
/// registered would cost more to compile than everything else about schemas.
class schema_node {
  public:
    explicit schema_node(json_value schema);
    ~schema_node();
    schema_node(schema_node&&) noexcept;
    schema_node& operator=(schema_node&&) noexcept;

    [[nodiscard]] const json_value& json() const noexcept { return *schema_; }

  private:
    std::unique_ptr<json_value> schema_;
};

/// Schemas that refer to each other: structs and enums stand once, by name, and may contain themselves.
class schema_set {
  public:
    /// `{"Order": {...}, ...}`, sorted by name: what `#/$defs/Order` refers to.
    [[nodiscard]] json_value definitions() const;

    /// A reference to the type's definition. `make` is called once a type, to give it.
    template <class Make>
    [[nodiscard]] schema_node refer(const void* type, std::string_view spelled, Make make) {
        const auto [name, is_new] = name_of(type, spelled);
        if (is_new) define(name, make());
        return reference(name);
    }

  private:
    std::pair<std::string, bool> name_of(const void* type, std::string_view spelled);
    void define(const std::string& name, schema_node schema);
    static schema_node reference(const std::string& name);

    std::map<const void*, std::string> names_;
    std::map<std::string, schema_node> definitions_;
};

namespace detail {

/// Schemas or names in a row.
class schema_list {
  public:
    schema_list();
    ~schema_list();
    schema_list(schema_list&&) noexcept;
    void add(schema_node schema);
    void add(std::string_view name);
    [[nodiscard]] json_value::list& items() noexcept { return *items_; }

  private:
    std::unique_ptr<json_value::list> items_;
};

/// Any value; and no value at all.
[[nodiscard]] schema_node any_schema();
[[nodiscard]] schema_node no_schema();
/// `{"type": type, "format": format}`, without what is empty.
[[nodiscard]] schema_node plain_schema(std::string_view type, std::string_view format = {});
/// An integer of so many bits: the limits up to 32, the format int64 or uint64 above.
[[nodiscard]] schema_node integer_schema(std::size_t bits, bool is_signed);
[[nodiscard]] schema_node bytes_schema();
[[nodiscard]] schema_node enum_schema(schema_list names);
[[nodiscard]] schema_node nullable_schema(schema_node schema);
[[nodiscard]] schema_node map_schema(schema_node values);
[[nodiscard]] schema_node list_schema(schema_node items, bool unique);
/// A list of just these items.
[[nodiscard]] schema_node row_schema(schema_list items);
/// A list of so many of the same.
[[nodiscard]] schema_node repeated_schema(const schema_node& item, std::size_t count);
/// `{"type": tag, "value": ...}`.
[[nodiscard]] schema_node tagged_schema(std::string_view tag, schema_node value);
[[nodiscard]] schema_node choice_schema(schema_list choices);
/// Anything: the type's own functions decide.
[[nodiscard]] schema_node opaque_schema(std::string_view title);

/// An object whose members are added one by one.
class object_schema {
  public:
    void add(std::string_view name, schema_node schema, bool required);
    [[nodiscard]] schema_node take();

  private:
    schema_list names_;
    schema_list members_;
    schema_list required_;
};

template <class T>
[[nodiscard]] schema_node schema_of(schema_set& set);

template <class T>
schema_node members_schema(schema_set& set) {
    object_schema made;
    boost::mp11::mp_for_each<described_members<T>>([&](auto member) {
        using held = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        made.add(member.name, schema_of<held>(set), !is_optional<held>);
    });
    return made.take();
}

template <class E>
schema_node enumerators_schema() {
    schema_list names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) { names.add(enumerator.name); });
    return enum_schema(std::move(names));
}

template <class... T>
schema_node variant_schema(schema_set& set, std::type_identity<std::variant<T...>>) {
    schema_list choices;
    (choices.add(tagged_schema(tag_of<T>(), schema_of<T>(set))), ...);
    return choice_schema(std::move(choices));
}

template <class T>
schema_node tuple_schema(schema_set& set) {
    schema_list items;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (items.add(schema_of<std::tuple_element_t<I, T>>(set)), ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
    return row_schema(std::move(items));
}

/// The schema of what write_value writes for a T.
template <class T>
schema_node schema_of(schema_set& set) {
    if constexpr (std::is_same_v<T, json_value> || std::is_same_v<T, nlohmann::json>) {
        return any_schema();
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
        return repeated_schema(schema_of<typename T::value_type>(set), std::tuple_size_v<T>);
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
