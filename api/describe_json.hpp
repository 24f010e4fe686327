#pragma once

// Reads and writes values as JSON, guided by Boost.Describe. What is in here is instantiated for each payload type; the
// rest is in json_traits.hpp (which types) and json_reader.hpp (the messages).

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "api/iso_time.hpp"
#include "api/json_reader.hpp"
#include "api/json_traits.hpp"
#include "api/json_value.hpp"
#include "api/json_writer.hpp"

namespace perdure {

/// The name of an enumerator of an enum with BOOST_DESCRIBE_ENUM; empty for a value that has no enumerator.
template <detail::described_enum E>
[[nodiscard]] constexpr std::string_view to_text(E value) noexcept {
    std::string_view name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
        if (enumerator.value == value) name = enumerator.name;
    });
    return name;
}

namespace detail {

template <class T>
void write_value(json_writer& out, const T& value);
template <class T>
void read_value(const json_value& in, T& value, const json_position& at);

template <class T>
void write_members(json_writer& out, const T& value) {
    boost::mp11::mp_for_each<described_members<T>>([&](auto member) {
        out.key(member.name);
        with_member(member.name, [&] { write_value(out, value.*member.pointer); });
    });
}

template <class T>
void write_adl(json_writer& out, const T& value) {
    typename dependent_json<T>::type json;
    to_json(json, value);
    out.raw(json.dump());
}

template <class T>
void write_tagged(json_writer& out, const T& value) {
    std::visit(
        [&]<class U>(const U& held) {
            out.begin_object();
            out.key("type");
            out.text(tag_of<U>());
            out.key("value");
            write_value(out, held);
            out.end_object();
        },
        value);
}

template <class T>
void write_value(json_writer& out, const T& value) {
    if constexpr (std::is_same_v<T, json_value>) {
        out.value(value);
    } else if constexpr (std::is_same_v<T, nlohmann::json>) {
        out.raw(value.dump());
    } else if constexpr (has_adl_json<T>) {
        write_adl(out, value);
    } else if constexpr (std::is_same_v<T, bool>) {
        out.boolean(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
        out.number(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        out.text(value);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
        out.null();
    } else if constexpr (described_enum<T>) {
        const std::string_view name = to_text(value);
        if (name.empty()) fail_unnamed_enum(type_name<T>(), static_cast<std::int64_t>(value));
        out.text(name);
    } else if constexpr (is_optional<T>) {
        value ? write_value(out, *value) : out.null();
    } else if constexpr (is_duration<T>) {
        out.text(to_iso_duration(checked_nanoseconds(value)));
    } else if constexpr (is_sys_time<T>) {
        out.text(to_rfc3339(wall_time(checked_nanoseconds(value.time_since_epoch()))));
    } else if constexpr (std::is_same_v<T, bytes_type>) {
        out.bytes({reinterpret_cast<const char*>(value.data()), value.size()});
    } else if constexpr (is_text_map<T>) {
        out.begin_object();
        for (const auto& [name, item] : value) {
            out.key(name);
            with_member(name, [&] { write_value(out, item); });
        }
        out.end_object();
    } else if constexpr (is_sequence<T> || is_fixed_array<T>) {
        out.begin_list();
        for (const auto& item : value) write_value<typename T::value_type>(out, item);
        out.end_list();
    } else if constexpr (is_tuple<T>) {
        out.begin_list();
        std::apply([&](const auto&... item) { (write_value(out, item), ...); }, value);
        out.end_list();
    } else if constexpr (is_variant<T>) {
        write_tagged(out, value);
    } else {
        static_assert(described_struct<T>, "perdure: the value has no JSON form");
        out.begin_object();
        write_members(out, value);
        out.end_object();
    }
}

template <class T>
void read_members(const json_value& in, T& value, const json_position& at) {
    const json_value::object& members = expect_object(in, type_name<T>(), at);
    std::size_t known = 0;
    boost::mp11::mp_for_each<described_members<T>>([&](auto member) {
        const json_value* found = in.find(member.name);
        if (found == nullptr) return;  // keeps its default initialiser
        ++known;
        read_value(*found, value.*member.pointer, at.member(member.name));
    });
    if (members.size() > known) at.count_unknown(members.size() - known);
}

template <class T>
void read_adl(const json_value& in, T& value, const json_position& at) {
    using json = typename dependent_json<T>::type;
    try {
        from_json(json::parse(write_json(in)), value);
    } catch (const payload_error&) {
        throw;
    } catch (const std::exception& e) {
        fail_read(at, type_name<T>(), in, e.what());
    }
}

template <class T>
void read_enum(const json_value& in, T& value, const json_position& at) {
    const std::string& name = expect_text(in, type_name<T>(), at);
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
        if (name != enumerator.name) return;
        value = enumerator.value;
        found = true;
    });
    if (!found) fail_read(at, type_name<T>(), in, "it has no enumerator of that name");
}

template <class T>
void read_tagged(const json_value& in, T& value, const json_position& at) {
    (void)expect_object(in, type_name<T>(), at);
    const json_value* tag = in.find("type");
    if (tag == nullptr || tag->if_text() == nullptr) fail_read(at, type_name<T>(), in, "the tag \"type\" is missing");
    static const json_value nothing{};
    const json_value* held = in.find("value");
    bool found = false;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, T>>([&]<class U>(std::type_identity<U>) {
        if (found || *tag->if_text() != tag_of<U>()) return;
        found = true;
        U alternative{};
        read_value(held != nullptr ? *held : nothing, alternative, at.member("value"));
        value = std::move(alternative);
    });
    if (!found) fail_read(at.member("type"), type_name<T>(), *tag, "no alternative has that tag");
}

template <class T>
void read_items(const json_value& in, T& value, const json_position& at) {
    value.clear();
    std::size_t index = 0;
    for (const json_value& item : expect_list(in, type_name<T>(), at)) {
        typename T::value_type element{};
        read_value(item, element, at.item(index++));
        value.insert(value.end(), std::move(element));
    }
}

template <class T>
void read_value(const json_value& in, T& value, const json_position& at) {
    if constexpr (std::is_same_v<T, json_value>) {
        value = in;
    } else if constexpr (std::is_same_v<T, nlohmann::json>) {
        value = T::parse(write_json(in));
    } else if constexpr (has_adl_json<T>) {
        read_adl(in, value, at);
    } else if constexpr (std::is_same_v<T, bool>) {
        value = expect_bool(in, at);
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
        value =
            static_cast<T>(expect_signed(in, type_name<T>(), std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), at));
    } else if constexpr (std::is_integral_v<T>) {
        value = static_cast<T>(expect_unsigned(in, type_name<T>(), std::numeric_limits<T>::max(), at));
    } else if constexpr (std::is_floating_point_v<T>) {
        value = static_cast<T>(expect_real(in, type_name<T>(), at));
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = expect_text(in, "a text", at);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
        if (!in.is_null()) fail_read(at, "null", in, {});
    } else if constexpr (described_enum<T>) {
        read_enum(in, value, at);
    } else if constexpr (is_optional<T>) {
        if (in.is_null()) {
            value.reset();
        } else {
            read_value(in, value.emplace(), at);
        }
    } else if constexpr (is_duration<T>) {
        value = fit_duration<T>(expect_duration(in, type_name<T>(), at), in, at);
    } else if constexpr (is_sys_time<T>) {
        value = T(fit_duration<typename T::duration>(expect_time(in, type_name<T>(), at).time_since_epoch(), in, at));
    } else if constexpr (std::is_same_v<T, bytes_type>) {
        value = expect_bytes(in, at);
    } else if constexpr (is_text_map<T>) {
        value.clear();
        for (const json_member& member : expect_object(in, type_name<T>(), at)) {
            read_value(member.value, value[member.name], at.member(member.name));
        }
    } else if constexpr (is_sequence<T>) {
        read_items(in, value, at);
    } else if constexpr (is_fixed_array<T> || is_tuple<T>) {
        const json_value::list& items = expect_list(in, type_name<T>(), at, std::tuple_size_v<T>);
        std::apply(
            [&](auto&... item) {
                std::size_t index = 0;
                ((read_value(items[index], item, at.item(index)), ++index), ...);
            },
            value);
    } else if constexpr (is_variant<T>) {
        read_tagged(in, value, at);
    } else {
        static_assert(described_struct<T>, "perdure: the value has no JSON form");
        read_members(in, value, at);
    }
}

}  // namespace detail

/// The JSON text of a value. Throws payload_error, naming the member, for what JSON cannot hold (NaN, invalid UTF-8).
template <detail::jsonable T>
[[nodiscard]] std::string to_json_text(const T& value, json_style style = json_style::compact) {
    std::string text;
    json_writer out(text, style);
    detail::write_value(out, value);
    return text;
}

/// What a reader did not use.
struct json_read_report {
    /// Members of objects that the type does not have.
    std::size_t unknown_members = 0;
};

/// Reads a value from JSON text. Members that are missing keep their default initialisers, unknown ones are ignored and
/// counted. Throws payload_error naming the member, the type that was expected and what was found.
template <detail::jsonable T>
[[nodiscard]] T from_json_text(std::string_view text, json_read_report* report = nullptr) {
    const json_value in = detail::parse_payload_json(text, detail::type_name<T>());
    detail::json_position root(report == nullptr ? nullptr : &report->unknown_members);
    T value{};
    detail::read_value(in, value, root);
    return value;
}

}  // namespace perdure
