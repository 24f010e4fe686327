#include "api/ids.hpp"

#include <cstdint>
#include <cstring>

namespace perdure {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view uuid_form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr bool is_dash_position(std::size_t i) { return uuid_form[i] == '-'; }

// How many bytes at the beginning are ASCII, in whole words: nearly every text is, from its first byte to its last.
std::size_t ascii_words(std::string_view bytes) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t i = 0;
    for (std::uint64_t word = 0; i + sizeof word <= bytes.size(); i += sizeof word) {
        std::memcpy(&word, bytes.data() + i, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    return i;
}

}  // namespace

std::string make_uuid4(const std::array<std::byte, 16>& random) {
    std::array<std::byte, 16> bytes = random;
    bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
    std::string text(uuid_form);
    auto to = text.begin();
    for (const std::byte byte : bytes) {
        if (*to == '-') ++to;
        *to++ = hex_digits[std::to_integer<unsigned>(byte) >> 4U];
        *to++ = hex_digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

bool is_uuid(std::string_view text) noexcept {
    if (text.size() != uuid_form.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_dash_position(i) ? text[i] != '-' : hex_digits.find(text[i]) == std::string_view::npos) return false;
    }
    return true;
}

bool is_valid_utf8(std::string_view bytes) noexcept {
    std::size_t i = ascii_words(bytes);
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    while (i < bytes.size()) {
        const unsigned char lead = at(i);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t more = 0;
        unsigned char low = 0x80;   // the allowed range of the second byte excludes
        unsigned char high = 0xBF;  // overlong forms, surrogates and what lies above U+10FFFF
        if (lead >= 0xC2 && lead <= 0xDF) {
            more = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            more = 2;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            more = 3;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        } else {
            return false;
        }
        if (bytes.size() - i <= more || at(i + 1) < low || at(i + 1) > high) return false;
        for (std::size_t k = 2; k <= more; ++k) {
            if ((at(i + k) & 0xC0U) != 0x80U) return false;
        }
        i += more + 1;
    }
    return true;
}

std::optional<service_failure> check_id(std::string_view field, std::string_view id) {
    if (id.size() > max_id_length) {
        return service_failure{status_code::invalid_argument, std::string(field) + " has " + std::to_string(id.size()) +
                                                                  " bytes; the limit is " + std::to_string(max_id_length) +
                                                                  ". Use a shorter one, or put the long text into the payload."};
    }
    if (!is_valid_utf8(id)) {
        return service_failure{status_code::invalid_argument,
                               std::string(field) + " is not valid UTF-8; encode it as UTF-8 or base64."};
    }
    return std::nullopt;
}

std::optional<service_failure> check_required_id(std::string_view field, std::string_view id) {
    if (id.empty())
        return service_failure{status_code::invalid_argument, std::string(field) + " is not set; set it on the request."};
    return check_id(field, id);
}

}  // namespace perdure
