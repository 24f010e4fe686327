#include "api/base64.hpp"

#include <array>
#include <cstdint>

namespace perdure {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> reverse = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    table[static_cast<unsigned char>('-')] = 62;
    table[static_cast<unsigned char>('_')] = 63;
    return table;
}();

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
    const std::size_t before = out.size();
    out.resize(before + (bytes.size() + 2) / 3 * 4, '=');
    char* to = out.data() + before;
    const auto byte = [&bytes](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
    const auto put = [&to](std::uint32_t bits, unsigned shift) { *to++ = alphabet[(bits >> shift) & 63U]; };
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const std::uint32_t bits = byte(at) << 16U | byte(at + 1) << 8U | byte(at + 2);
        put(bits, 18);
        put(bits, 12);
        put(bits, 6);
        put(bits, 0);
    }
    const std::size_t rest = bytes.size() - at;
    if (rest == 0) return;
    const std::uint32_t bits = byte(at) << 16U | (rest == 2 ? byte(at + 1) << 8U : 0U);
    put(bits, 18);
    put(bits, 12);
    if (rest == 2) put(bits, 6);
}

std::string to_base64(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string out(base64_most_bytes(text.size()), '\0');
    const char* const end = decode_base64(text, out.data());
    if (end == nullptr) return std::nullopt;
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

char* decode_base64(std::string_view text, char* out) noexcept {
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
    if (text.size() % 4 == 1) return nullptr;
    const auto sextet = [&text](std::size_t i) { return std::int32_t{reverse[static_cast<unsigned char>(text[i])]}; };
    std::int32_t wrong = 0;  // negative once any character was
    std::size_t at = 0;
    for (; at + 4 <= text.size(); at += 4) {
        const std::int32_t a = sextet(at);
        const std::int32_t b = sextet(at + 1);
        const std::int32_t c = sextet(at + 2);
        const std::int32_t d = sextet(at + 3);
        wrong |= a | b | c | d;
        const std::uint32_t bits = static_cast<std::uint32_t>(a) << 18U | static_cast<std::uint32_t>(b) << 12U |
                                   static_cast<std::uint32_t>(c) << 6U | static_cast<std::uint32_t>(d);
        *out++ = static_cast<char>(bits >> 16U);
        *out++ = static_cast<char>(bits >> 8U);
        *out++ = static_cast<char>(bits);
    }
    if (at < text.size()) {  // two characters are one byte, three are two; the bits beyond are not looked at
        const std::int32_t a = sextet(at);
        const std::int32_t b = sextet(at + 1);
        const std::int32_t c = at + 2 < text.size() ? sextet(at + 2) : 0;
        wrong |= a | b | c;
        const std::uint32_t bits =
            static_cast<std::uint32_t>(a) << 18U | static_cast<std::uint32_t>(b) << 12U | static_cast<std::uint32_t>(c) << 6U;
        *out++ = static_cast<char>(bits >> 16U);
        if (at + 2 < text.size()) *out++ = static_cast<char>(bits >> 8U);
    }
    return wrong < 0 ? nullptr : out;
}

}  // namespace perdure
