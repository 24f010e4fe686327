#include "api/json_message.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "api/base64.hpp"
#include "api/json_cursor.hpp"
#include "api/json_moment.hpp"
#include "api/json_shape.hpp"

namespace perdure::detail {
namespace {

/// The field that came behind another one, by the id of that one. Its use is checked, so it may be anything.
using follower_memory = std::array<const json_field*, 512>;

follower_memory& followers_of_thread() {
    thread_local constinit follower_memory followers{};
    return followers;
}

/// JSON to protobuf's wire format, which the generated code then reads: it sets fields much faster than reflection does.
/// Every function answers false when the thorough reader must decide.
class message_reader {
  public:
    message_reader(json_cursor& in, wire_buffer& out, const json_parse_options& options) noexcept
        : in_(in), out_(out), shorthand_(options.payload_shorthand), ignore_(options.unknown == unknown_fields::ignore) {}

    [[nodiscard]] bool object(const json_shape& shape);

  private:
    /// Reads a member's name and the colon; `known` stays null for a name that the contract does not have.
    [[nodiscard]] bool member(const json_shape& shape, std::uint32_t previous, const json_field*& known);
    [[nodiscard]] bool field(const json_field& field);
    [[nodiscard]] bool value(const json_field& field);
    [[nodiscard]] bool list(const json_field& field);
    [[nodiscard]] bool map(const json_field& field);
    [[nodiscard]] bool message(const json_shape& shape);
    [[nodiscard]] bool text();
    [[nodiscard]] bool bytes();
    [[nodiscard]] bool truth();
    [[nodiscard]] bool integer(json_kind kind);
    [[nodiscard]] bool real();
    [[nodiscard]] bool choice(const json_choices& choices);
    [[nodiscard]] bool moment(json_kind kind);

    [[nodiscard]] bool enter(char bracket) noexcept {
        if (!in_.take(bracket) || ++depth_ > json_max_depth) return false;
        in_.spaces();
        return true;
    }
    [[nodiscard]] bool leave(char bracket) noexcept {
        if (!in_.take(bracket)) return false;
        --depth_;
        return true;
    }
    /// Behind an item: whether another one follows.
    [[nodiscard]] bool comma() noexcept {
        in_.spaces();
        if (!in_.take(',')) return false;
        in_.spaces();
        return true;
    }
    [[nodiscard]] bool colon() noexcept {
        in_.spaces();
        if (!in_.take(':')) return false;
        in_.spaces();
        return true;
    }
    void tag(const json_field& field) {
        std::memcpy(out_.room(field.tag.size()), field.tag.data(), field.tag.size());
        out_.advance(field.tag_size);
    }

    json_cursor& in_;
    wire_buffer& out_;
    follower_memory& followers_ = followers_of_thread();
    bool shorthand_;
    bool ignore_;
    bool encoding_seen_ = false;
    std::size_t depth_ = 0;
};

bool message_reader::member(const json_shape& shape, std::uint32_t previous, const json_field*& known) {
    // What followed the same member the last time, for the most part.
    const json_field*& guess = followers_[previous % followers_.size()];
    if (guess != nullptr && guess->owner == &shape && in_.take_long(guess->quoted)) {
        known = guess;
    } else {
        std::string_view named;
        if (!in_.plain_text(named)) return false;
        known = shape.members.find(named);
        constexpr std::size_t shortest_guess = 6;  // with its quotes long enough for take_long
        if (known != nullptr && named.size() >= shortest_guess) guess = known;
    }
    return colon();
}

bool message_reader::object(const json_shape& shape) {
    if (!enter('{')) return false;
    if (leave('}')) return true;
    std::array<std::uint64_t, json_shape_fields / 64> seen{};
    std::uint64_t oneofs = 0;
    std::uint32_t previous = shape.id;
    do {
        const json_field* known = nullptr;
        if (!member(shape, previous, known)) return false;
        if (known == nullptr) {
            if (!ignore_ || (shorthand_ && shape.is_payload) || !in_.skip_value(depth_)) return false;
            continue;
        }
        previous = known->id;
        std::uint64_t& word = seen[known->index / 64U];
        const std::uint64_t bit = std::uint64_t{1} << (known->index % 64U);
        if ((word & bit) != 0) return false;
        word |= bit;
        if (in_.peek() == 'n') {  // null is as if the member were absent, except where it is the shorthand of a payload
            const bool null_payload = shorthand_ && known->message != nullptr && known->message->is_payload;
            if (null_payload || !in_.take("null")) return false;
            continue;
        }
        if (known->oneof != 0) {
            const std::uint64_t chosen = std::uint64_t{1} << known->oneof;
            if ((oneofs & chosen) != 0) return false;
            oneofs |= chosen;
        }
        if (!field(*known)) return false;
    } while (comma());
    return leave('}');
}

bool message_reader::field(const json_field& field) {
    if (field.kind == json_kind::map) return map(field);
    if (field.repeated) return list(field);
    tag(field);
    return value(field);
}

bool message_reader::list(const json_field& field) {
    if (!enter('[')) return false;
    if (leave(']')) return true;
    do {
        tag(field);
        if (!value(field)) return false;
    } while (comma());
    return leave(']');
}

bool message_reader::map(const json_field& field) {
    constexpr char key_tag = 0x0A;
    std::array<std::string_view, 16> keys;  // a larger map is left to the thorough reader, which finds duplicates by a tree
    std::size_t count = 0;
    if (!enter('{')) return false;
    if (leave('}')) return true;
    do {
        std::string_view key;
        if (count == keys.size() || !in_.plain_text(key) || !colon()) return false;
        for (std::size_t i = 0; i < count; ++i) {
            if (keys[i] == key) return false;
        }
        keys[count++] = key;
        if (key == "encoding") encoding_seen_ = true;
        tag(field);
        const std::size_t entry = out_.open();
        out_.raw({&key_tag, 1});
        out_.varint(key.size());
        out_.raw(key);
        tag(*field.map_value);
        if (!value(*field.map_value)) return false;
        out_.close(entry);
    } while (comma());
    return leave('}');
}

bool message_reader::value(const json_field& field) {
    switch (field.kind) {
        case json_kind::text:
            return text();
        case json_kind::bytes:
            return bytes();
        case json_kind::truth:
            return truth();
        case json_kind::int32:
        case json_kind::int64:
        case json_kind::uint32:
        case json_kind::uint64:
            return integer(field.kind);
        case json_kind::real:
            return real();
        case json_kind::choice:
            return choice(*field.choices);
        case json_kind::time:
        case json_kind::span:
            return moment(field.kind);
        case json_kind::message:
            return message(*field.message);
        case json_kind::map:
        case json_kind::other:
            break;
    }
    return false;
}

bool message_reader::message(const json_shape& shape) {
    const std::size_t opened = out_.open();
    encoding_seen_ = false;
    if (!object(shape)) return false;
    // Where any JSON may stand for a payload, only what names its encoding is a payload written in full.
    if (shorthand_ && shape.is_payload && !encoding_seen_) return false;
    out_.close(opened);
    return true;
}

bool message_reader::text() {
    std::string_view raw;
    bool escaped = false;
    if (!in_.text(raw, escaped)) return false;
    if (!escaped) {
        out_.varint(raw.size());
        out_.raw(raw);
        return true;
    }
    const std::size_t opened = out_.open();
    char* const first = out_.room(raw.size());
    const char* const last = unescape(raw, first);
    if (last == nullptr) return false;
    out_.advance(static_cast<std::size_t>(last - first));
    out_.close(opened);
    return true;
}

bool message_reader::bytes() {
    std::string_view raw;
    if (!in_.plain_text(raw)) return false;
    const std::size_t opened = out_.open();
    char* const first = out_.room(base64_most_bytes(raw.size()));
    const char* const last = decode_base64(raw, first);
    if (last == nullptr) return false;
    out_.advance(static_cast<std::size_t>(last - first));
    out_.close(opened);
    return true;
}

bool message_reader::truth() {
    const bool value = in_.peek() == 't';
    out_.varint(value ? 1 : 0);
    return in_.take(value ? "true" : "false");
}

bool message_reader::integer(json_kind kind) {
    const bool quoted = in_.take('"');  // as JSON writes 64 bits
    const bool negative = in_.take('-');
    std::uint64_t value = 0;
    if (!in_.digits(value)) return false;
    if (quoted ? !in_.take('"') : in_.peek() == '.' || in_.peek() == 'e' || in_.peek() == 'E') return false;
    std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (kind == json_kind::int32) most = std::numeric_limits<std::int32_t>::max();
    if (kind == json_kind::uint32) most = std::numeric_limits<std::uint32_t>::max();
    if (kind == json_kind::uint64) most = std::numeric_limits<std::uint64_t>::max();
    if (value > most || (negative && (kind == json_kind::uint32 || kind == json_kind::uint64))) return false;
    out_.varint(negative ? 0 - value : value);
    return true;
}

bool message_reader::real() {
    std::string_view raw;
    bool whole = false;
    if (!in_.number(raw, whole)) return false;
    constexpr std::size_t exact_digits = 18;
    if (whole && raw.size() > exact_digits) return false;
    double value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc() || end != raw.data() + raw.size() || !std::isfinite(value)) return false;
    if (whole && value == 0) value = 0;  // an integer has no negative zero
    auto bits = std::bit_cast<std::uint64_t>(value);
    if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap64(bits);
    std::memcpy(out_.room(sizeof bits), &bits, sizeof bits);
    out_.advance(sizeof bits);
    return true;
}

bool message_reader::choice(const json_choices& choices) {
    std::string_view raw;
    if (in_.peek() == '"') {
        if (!in_.plain_text(raw)) return false;
        const int* number = choices.names.find(raw);
        if (number == nullptr) return false;
        out_.varint(static_cast<std::uint64_t>(std::int64_t{*number}));
        return true;
    }
    bool whole = false;
    if (!in_.number(raw, whole) || !whole) return false;
    int number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    if (error != std::errc() || end != raw.data() + raw.size() || choices.type->FindValueByNumber(number) == nullptr)
        return false;
    out_.varint(static_cast<std::uint64_t>(std::int64_t{number}));
    return true;
}

bool message_reader::moment(json_kind kind) {
    constexpr char seconds_tag = 0x08;
    constexpr char nanos_tag = 0x10;
    std::string_view raw;
    if (!in_.plain_text(raw)) return false;
    const auto read = kind == json_kind::time ? read_time(raw) : read_span(raw);
    if (!read) return false;
    const std::size_t opened = out_.open();
    if (read->seconds != 0) {
        out_.raw({&seconds_tag, 1});
        out_.varint(static_cast<std::uint64_t>(read->seconds));
    }
    if (read->nanos != 0) {
        out_.raw({&nanos_tag, 1});
        out_.varint(static_cast<std::uint64_t>(std::int64_t{read->nanos}));
    }
    out_.close(opened);
    return true;
}

}  // namespace

std::size_t read_as_wire(std::string_view text, const google::protobuf::Descriptor& type, const json_parse_options& options,
                         wire_buffer& out) {
    const json_shape* shape = shape_of(type);
    if (shape == nullptr || (options.payload_shorthand && shape->is_payload)) return 0;
    json_cursor in(text);
    if (!message_reader(in, out, options).object(*shape)) return 0;
    if (out.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return 0;
    return in.position();
}

std::size_t read_quickly(std::string_view text, google::protobuf::Message& into, const json_parse_options& options) {
    wire_buffer wire;
    const std::size_t read = read_as_wire(text, *into.GetDescriptor(), options, wire);
    if (read == 0) return 0;
    return into.ParsePartialFromArray(wire.bytes().data(), static_cast<int>(wire.size())) ? read : 0;
}

}  // namespace perdure::detail
