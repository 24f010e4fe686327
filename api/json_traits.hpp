#pragma once

// Which C++ types have a JSON form, decided at compile time.

#include <array>
#include <boost/describe/bases.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "api/json_value.hpp"

namespace perdure {

/// The tag of an alternative of a std::variant in JSON. Give a struct `static constexpr std::string_view json_tag = "card";`,
/// or specialise this for a type that is not yours. Tags are written by hand, so that renaming a type keeps stored data.
template <class T>
inline constexpr std::string_view json_tag_of{};

}  // namespace perdure

namespace perdure::detail {

template <class E>
concept described_enum = std::is_enum_v<E> && boost::describe::has_describe_enumerators<E>::value;

template <class T>
concept described_struct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
using described_members = boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;

template <class T>
struct dependent_json {
    using type = nlohmann::json;  // completed by whoever has to_json
};

/// The user's own conversion, found beside the type. Only classes and enums of the user are asked.
template <class T>
concept has_adl_json = (std::is_class_v<T> || std::is_enum_v<T>) && !std::is_same_v<T, std::string> &&
                       requires(typename dependent_json<T>::type& json, const T& source, T& target) {
                           to_json(json, source);
                           from_json(std::as_const(json), target);
                       };

template <class T, template <class...> class Template>
inline constexpr bool is_instance = false;
template <class... Args, template <class...> class Template>
inline constexpr bool is_instance<Template<Args...>, Template> = true;

using bytes_type = std::vector<std::byte>;

template <class T>
concept is_optional = is_instance<T, std::optional>;
template <class T>
concept is_variant = is_instance<T, std::variant>;
template <class T>
concept is_tuple = is_instance<T, std::tuple> || is_instance<T, std::pair>;
template <class T>
concept is_sequence = (is_instance<T, std::vector> && !std::is_same_v<T, bytes_type>) || is_instance<T, std::deque> ||
                      is_instance<T, std::list> || is_instance<T, std::set>;
template <class T>
concept is_text_map = is_instance<T, std::map> && std::is_same_v<typename T::key_type, std::string>;

template <class T>
inline constexpr bool is_array_of = false;
template <class T, std::size_t N>
inline constexpr bool is_array_of<std::array<T, N>> = true;
template <class T>
concept is_fixed_array = is_array_of<T>;

template <class T>
concept is_duration = requires {
    typename T::rep;
    typename T::period;
    requires std::is_same_v<T, std::chrono::duration<typename T::rep, typename T::period>> && std::integral<typename T::rep>;
};
template <class T>
concept is_sys_time = requires {
    typename T::clock;
    typename T::duration;
    requires std::is_same_v<T, std::chrono::sys_time<typename T::duration>> && is_duration<typename T::duration>;
};

template <class T>
consteval std::string_view tag_of() {
    if constexpr (requires { std::string_view(T::json_tag); }) {
        return T::json_tag;
    } else if constexpr (!json_tag_of<T>.empty()) {
        return json_tag_of<T>;
    } else if constexpr (std::is_same_v<T, std::monostate>) {
        return "none";
    } else if constexpr (std::is_same_v<T, bool>) {
        return "bool";
    } else if constexpr (std::is_integral_v<T>) {
        return "int";
    } else if constexpr (std::is_floating_point_v<T>) {
        return "real";
    } else if constexpr (std::is_same_v<T, std::string>) {
        return "text";
    } else {
        return {};
    }
}

template <class... T>
consteval bool tags_differ(std::type_identity<std::variant<T...>>) {
    const std::array<std::string_view, sizeof...(T)> tags{tag_of<T>()...};
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (tags[i].empty()) return false;
        for (std::size_t k = 0; k < i; ++k) {
            if (tags[i] == tags[k]) return false;
        }
    }
    return true;
}

/// `Open` are the types around this one: a type that contains itself (in a vector) is judged once.
template <class T, class... Open>
consteval bool is_jsonable() {
    if constexpr ((std::is_same_v<T, Open> || ...)) {
        return true;
    } else if constexpr (std::is_same_v<T, json_value> || std::is_same_v<T, nlohmann::json> || has_adl_json<T> ||
                         std::is_same_v<T, std::string> || std::is_same_v<T, bytes_type> || std::is_same_v<T, std::monostate> ||
                         described_enum<T> || is_sys_time<T>) {
        return true;
    } else if constexpr (std::is_arithmetic_v<T>) {
        return !std::is_same_v<T, long double>;
    } else if constexpr (is_duration<T>) {
        return true;
    } else if constexpr (is_text_map<T>) {
        return is_jsonable<typename T::mapped_type, T, Open...>();
    } else if constexpr (is_optional<T> || is_sequence<T> || is_fixed_array<T>) {
        return is_jsonable<typename T::value_type, T, Open...>();
    } else if constexpr (is_tuple<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (is_jsonable<std::tuple_element_t<I, T>, T, Open...>() && ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (is_variant<T>) {
        return tags_differ(std::type_identity<T>()) && []<std::size_t... I>(std::index_sequence<I...>) {
            return (is_jsonable<std::variant_alternative_t<I, T>, T, Open...>() && ...);
        }(std::make_index_sequence<std::variant_size_v<T>>());
    } else if constexpr (described_struct<T>) {
        return std::is_default_constructible_v<T> && []<class... Member>(std::type_identity<boost::mp11::mp_list<Member...>>) {
            return (is_jsonable<std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>, T, Open...>() && ...);
        }(std::type_identity<boost::mp11::mp_rename<described_members<T>, boost::mp11::mp_list>>());
    } else {
        return false;
    }
}

/// Values of T can be written as JSON and read back.
template <class T>
concept jsonable = is_jsonable<T>();

}  // namespace perdure::detail
