#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace perdure {

/// Names of the encodings that Temporal's SDKs share.
namespace encoding {
inline constexpr std::string_view json = "json/plain";
inline constexpr std::string_view binary = "binary/plain";
inline constexpr std::string_view null = "binary/null";
inline constexpr std::string_view json_protobuf = "json/protobuf";
}  // namespace encoding

/// A value as it is stored and sent: bytes, and how to read them.
struct raw_payload {
    /// The metadata entry "encoding".
    std::string encoding{};
    std::string data{};
    /// Every other metadata entry; empty for most payloads.
    std::map<std::string, std::string> metadata{};

    friend bool operator==(const raw_payload&, const raw_payload&) = default;
};

/// Several payloads in one place, as SDKs with positional parameters send them. As the input type of a contract it
/// takes whatever the caller sent.
struct arguments {
    std::vector<raw_payload> values{};

    friend bool operator==(const arguments&, const arguments&) = default;
};

}  // namespace perdure
