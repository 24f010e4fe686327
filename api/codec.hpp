#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "api/describe_json.hpp"
#include "api/raw_payload.hpp"

namespace perdure {

/// How values of T travel. The default is JSON for every type that has a JSON form: numbers, texts, enums with
/// BOOST_DESCRIBE_ENUM, structs with BOOST_DESCRIBE_STRUCT, types with nlohmann's to_json and from_json, and standard
/// containers of these. Specialise it for another encoding:
///
///     template <> struct perdure::codec<Image> {
///         static perdure::raw_payload encode(const Image& image);
///         static Image decode(const perdure::raw_payload& stored);   // throws perdure::payload_error
///     };
///
/// Both functions must be deterministic and may be called on any thread.
template <class T>
struct codec;

namespace detail {

/// Throws payload_error unless the payload holds JSON.
void expect_json(const raw_payload& stored, std::string_view type);
[[nodiscard]] std::vector<std::byte> decode_bytes(const raw_payload& stored);

template <class T>
concept needs_boost_describe_or_json_functions_or_codec = !requires(const T& value, const raw_payload& stored) {
    { codec<T>::encode(value) } -> std::same_as<raw_payload>;
    { codec<T>::decode(stored) } -> std::same_as<T>;
};

}  // namespace detail

/// Values of T can be sent and stored: codec<T> is there.
template <class T>
concept payload = !detail::needs_boost_describe_or_json_functions_or_codec<T>;

template <detail::jsonable T>
struct codec<T> {
    /// Tells it from a codec that somebody has specialised.
    static constexpr bool writes_json = true;

    static raw_payload encode(const T& value) {
        if constexpr (detail::is_optional<T>) {
            if (!value) return {std::string(encoding::null), {}, {}};
        }
        return {std::string(encoding::json), to_json_text(value), {}};
    }
    static T decode(const raw_payload& stored) {
        if constexpr (detail::is_optional<T>) {
            if (stored.encoding == encoding::null) return T{};
        }
        detail::expect_json(stored, detail::type_name<T>());
        return from_json_text<T>(stored.data);
    }
};

/// Bytes travel as they are.
template <>
struct codec<std::vector<std::byte>> {
    static raw_payload encode(const std::vector<std::byte>& bytes) {
        return {std::string(encoding::binary), std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), {}};
    }
    static std::vector<std::byte> decode(const raw_payload& stored) { return detail::decode_bytes(stored); }
};

/// Whatever was sent, untouched.
template <>
struct codec<raw_payload> {
    static raw_payload encode(const raw_payload& value) { return value; }
    static raw_payload decode(const raw_payload& stored) { return stored; }
};

/// Encodes one value. Throws payload_error for a value that its encoding cannot hold.
template <payload T>
[[nodiscard]] raw_payload encode(const T& value) {
    return codec<T>::encode(value);
}

/// Decodes one value. Throws payload_error if the bytes do not fit T.
template <payload T>
[[nodiscard]] T decode(const raw_payload& stored) {
    return codec<T>::decode(stored);
}

namespace detail {

template <class T>
consteval bool contains_pointer() {
    if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T>) {
        return true;
    } else if constexpr (described_struct<T>) {
        return []<class... Member>(std::type_identity<boost::mp11::mp_list<Member...>>) {
            return (std::is_pointer_v<std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>> || ...);
        }(std::type_identity<boost::mp11::mp_rename<described_members<T>, boost::mp11::mp_list>>());
    } else {
        return false;
    }
}

/// One sentence for a type that is no payload. Instantiated by whatever takes payloads.
template <class T>
consteval bool check_payload() {
    static_assert(payload<T> || !contains_pointer<T>(),
                  "perdure: a payload cannot hold a pointer, which means nothing in another process; hold the value itself, or "
                  "a std::optional or std::vector of it");
    static_assert(payload<T> || contains_pointer<T>() || !described_struct<T>,
                  "perdure: a member of this struct has no JSON form; add BOOST_DESCRIBE_STRUCT(Member, (), (...)) beside the "
                  "member's type (BOOST_DESCRIBE_ENUM for an enum), and give the struct a default constructor");
    static_assert(payload<T> || contains_pointer<T>() || described_struct<T>,
                  "perdure: this type is no payload; add BOOST_DESCRIBE_STRUCT(Type, (), (members...)) beside it "
                  "(BOOST_DESCRIBE_ENUM for an enum), or give it to_json and from_json, or specialise perdure::codec for it");
    return payload<T>;
}

[[noreturn]] void fail_argument_count(std::string_view type, std::size_t count);

/// The payloads that carry one input or result: none for void.
template <class T>
[[nodiscard]] std::vector<raw_payload> encode_arguments(const T& value) {
    if constexpr (std::is_same_v<T, arguments>) {
        return value.values;
    } else {
        std::vector<raw_payload> list;
        list.push_back(encode(value));
        return list;
    }
}

/// The one input or result that a list of payloads carries. Throws payload_error if their number does not fit.
template <class T>
[[nodiscard]] T decode_arguments(const std::vector<raw_payload>& list) {
    if constexpr (std::is_void_v<T>) {
        return;
    } else if constexpr (std::is_same_v<T, arguments>) {
        return arguments{list};
    } else {
        if (list.empty() && is_optional<T>) return T{};
        if (list.size() != 1) fail_argument_count(type_name<T>(), list.size());
        return decode<T>(list.front());
    }
}

}  // namespace detail

/// Any number of payloads; decode_arguments and encode_arguments treat it apart.
template <>
struct codec<arguments> {
    static raw_payload encode(const arguments& value);
    static arguments decode(const raw_payload& stored) { return {{stored}}; }
};

}  // namespace perdure
