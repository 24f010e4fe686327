#include "api/json_cursor.hpp"

#include <string>

#include "api/json_value.hpp"

namespace perdure::detail {
namespace {

constexpr std::uint64_t each_byte = 0x0101010101010101U;
constexpr std::uint64_t top_bits = 0x8080808080808080U;

std::uint64_t eight_bytes(const char* from) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    return bytes;
}

/// The first byte of a set bit, when the lowest byte is the first.
std::size_t first_byte(std::uint64_t bits) noexcept { return static_cast<std::size_t>(std::countr_zero(bits)) / 8; }

/// Bits in those of eight bytes that end a run of plain text: quotes, backslashes, control characters and all beyond ASCII.
/// Only the lowest bit is exact, because a borrow may reach the bytes above one that is found.
std::uint64_t special_bytes(std::uint64_t bytes) noexcept {
    const std::uint64_t quote = bytes ^ (each_byte * '"');
    const std::uint64_t backslash = bytes ^ (each_byte * '\\');
    return (((quote - each_byte) & ~quote) | ((backslash - each_byte) & ~backslash) | ((bytes - each_byte * 0x20U) & ~bytes) |
            bytes) &
           top_bits;
}

bool is_special(char c) noexcept { return c == '"' || c == '\\' || static_cast<signed char>(c) < 0x20; }
bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool hex_unit(const char*& at, const char* end, std::uint32_t& unit) noexcept {
    if (end - at < 4) return false;
    unit = 0;
    for (const char* last = at + 4; at != last; ++at) {
        const char c = *at;
        unit <<= 4U;
        if (is_digit(c)) {
            unit |= static_cast<std::uint32_t>(c - '0');
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            unit |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
        } else {
            return false;
        }
    }
    return true;
}

char* put_utf8(std::uint32_t point, char* out) noexcept {
    const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | (point >> 6U));
        put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0U | (point >> 12U));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    } else {
        put(0xF0U | (point >> 18U));
        put(0x80U | ((point >> 12U) & 0x3FU));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    }
    return out;
}

/// The four digits of `\u`, and the second escape when they are the first half of a pair.
bool code_point(const char*& at, const char* end, std::uint32_t& point) noexcept {
    if (!hex_unit(at, end, point)) return false;
    if (point < 0xD800 || point > 0xDFFF) return true;
    std::uint32_t low = 0;
    if (point > 0xDBFF || end - at < 2 || at[0] != '\\' || at[1] != 'u') return false;
    at += 2;
    if (!hex_unit(at, end, low) || low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    return true;
}

}  // namespace

void json_cursor::spaces_run() noexcept {
    while (at_ < end_ && is_space(*at_)) {
        ++at_;
        while (end_ - at_ >= 8) {
            const std::uint64_t other = eight_bytes(at_) ^ (each_byte * ' ');
            if (other != 0) {
                at_ += first_byte(other);
                break;
            }
            at_ += 8;
        }
    }
}

bool json_cursor::to_quote(bool& escaped) noexcept {
    while (true) {
        while (end_ - at_ >= 8) {
            const std::uint64_t special = special_bytes(eight_bytes(at_));
            if (special != 0) {
                at_ += first_byte(special);
                break;
            }
            at_ += 8;
        }
        while (at_ < end_ && !is_special(*at_)) ++at_;
        if (at_ == end_) return false;
        if (*at_ == '"') return true;
        if (*at_ == '\\') {
            if (end_ - at_ < 2) return false;
            escaped = true;
            at_ += 2;
        } else if (!take_utf8()) {
            return false;
        }
    }
}

/// One character beyond ASCII (RFC 3629); the second byte decides about overlong forms, surrogates and the last plane.
bool json_cursor::take_utf8() noexcept {
    const auto byte = [this](std::ptrdiff_t i) { return static_cast<unsigned char>(at_[i]); };
    const unsigned lead = byte(0);
    const std::ptrdiff_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                                : lead >= 0xE0 && lead <= 0xEF ? 3
                                : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                               : 0;
    if (size == 0 || end_ - at_ < size) return false;
    const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most) return false;
    for (std::ptrdiff_t i = 2; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return false;
    }
    at_ += size;
    return true;
}

bool json_cursor::number(std::string_view& raw, bool& whole) noexcept {
    const char* const first = at_;
    const auto digits = [this] {
        const char* const before = at_;
        while (at_ < end_ && is_digit(*at_)) ++at_;
        return at_ != before;
    };
    (void)take('-');
    if (!take('0') && !digits()) return false;
    whole = true;
    if (take('.')) {
        whole = false;
        if (!digits()) return false;
    }
    if (take('e') || take('E')) {
        whole = false;
        if (!take('+')) (void)take('-');
        if (!digits()) return false;
    }
    raw = {first, at_};
    return true;
}

bool json_cursor::skip_text() {
    std::string_view raw;
    bool escaped = false;
    if (!text(raw, escaped)) return false;
    // Only whether the escapes are sound matters, but that is known best by who resolves them.
    return !escaped || unescape(raw, std::string(raw.size(), '\0').data()) != nullptr;
}

bool json_cursor::skip_value(std::size_t depth) {
    switch (peek()) {
        case '"':
            return skip_text();
        case '{':
            return depth < json_max_depth && skip_members(depth + 1);
        case '[':
            return depth < json_max_depth && skip_items(depth + 1);
        case 't':
            return take("true");
        case 'f':
            return take("false");
        case 'n':
            return take("null");
        default:
            break;
    }
    // A number that does not fit into a double is malformed; one without an exponent fits unless it is very long.
    constexpr std::size_t surely_fits = 300;
    std::string_view raw;
    bool whole = false;
    return number(raw, whole) && raw.size() <= surely_fits && raw.find_first_of("eE") == std::string_view::npos;
}

bool json_cursor::skip_members(std::size_t depth) {
    ++at_;
    spaces();
    if (take('}')) return true;
    while (true) {
        if (!skip_text()) return false;
        spaces();
        if (!take(':')) return false;
        spaces();
        if (!skip_value(depth)) return false;
        spaces();
        if (take('}')) return true;
        if (!take(',')) return false;
        spaces();
    }
}

bool json_cursor::skip_items(std::size_t depth) {
    ++at_;
    spaces();
    if (take(']')) return true;
    while (true) {
        if (!skip_value(depth)) return false;
        spaces();
        if (take(']')) return true;
        if (!take(',')) return false;
        spaces();
    }
}

char* unescape(std::string_view raw, char* out) noexcept {
    const char* at = raw.data();
    const char* const end = at + raw.size();
    while (at != end) {
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        if (end - at < 2) return nullptr;
        const char kind = at[1];
        at += 2;
        std::uint32_t point = 0;
        switch (kind) {
            case '"':
            case '\\':
            case '/':
                *out++ = kind;
                break;
            case 'b':
                *out++ = '\b';
                break;
            case 'f':
                *out++ = '\f';
                break;
            case 'n':
                *out++ = '\n';
                break;
            case 'r':
                *out++ = '\r';
                break;
            case 't':
                *out++ = '\t';
                break;
            case 'u':
                if (!code_point(at, end, point)) return nullptr;
                out = put_utf8(point, out);
                break;
            default:
                return nullptr;
        }
    }
    return out;
}

}  // namespace perdure::detail
