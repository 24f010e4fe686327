#include "api/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "api/base64.hpp"
#include "api/ids.hpp"
#include "api/json_value.hpp"
#include "api/payload_error.hpp"

namespace perdure {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // start of what is copied as it is
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                out += "\\u00";
                out += digits[c >> 4U];
                out += digits[c & 15U];
        }
    }
    out.append(text, plain);
    out += '"';
}

std::string_view colon(json_style style) { return style == json_style::pretty ? ": " : ":"; }

template <class Number>
std::string_view digits_of(std::array<char, 40>& buffer, Number value) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

template <class Real>
void write_real(json_writer& out, Real value) {
    if (!std::isfinite(value)) throw payload_error("a number is infinite or NaN, which JSON cannot hold");
    std::array<char, 40> buffer;
    out.raw(digits_of(buffer, value));
}

}  // namespace

void json_writer::newline() {
    if (style_ == json_style::compact) return;
    *out_ += '\n';
    out_->append(2 * has_items_.size(), ' ');
}

void json_writer::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (has_items_.empty()) return;
    if (has_items_.back()) *out_ += ',';
    has_items_.back() = true;
    newline();
}

void json_writer::begin(char bracket) {
    separate();
    *out_ += bracket;
    has_items_.push_back(false);
}

void json_writer::end(char bracket) {
    const bool had_items = has_items_.back();
    has_items_.pop_back();
    if (had_items) newline();
    *out_ += bracket;
}

void json_writer::key(std::string_view name) {
    if (!is_valid_utf8(name)) throw payload_error("a member's name is not valid UTF-8");
    separate();
    append_escaped(*out_, name);
    *out_ += colon(style_);
    after_key_ = true;
}

void json_writer::key_text(std::string_view quoted) {
    separate();
    *out_ += quoted;
    *out_ += colon(style_);
    after_key_ = true;
}

void json_writer::raw(std::string_view json) {
    separate();
    *out_ += json;
}

void json_writer::reformatted(std::string_view json) {
    std::string open;  // the brackets around the present place
    bool name_next = false;
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        std::size_t end = at + 1;
        if (c == '{' || c == '[') {
            begin(c);
            open += c;
            name_next = c == '{';
        } else if (c == '}' || c == ']') {
            this->end(c);
            open.pop_back();
        } else if (c == ',') {
            name_next = open.back() == '{';
        } else if (c == '"') {
            while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
            ++end;
            name_next ? key_text(json.substr(at, end - at)) : raw(json.substr(at, end - at));
            name_next = false;
        } else if (c != ':' && c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            end = std::min(json.find_first_of(",]} \n\r\t", at), json.size());
            raw(json.substr(at, end - at));
        }
        at = end;
    }
}

void json_writer::integer(std::int64_t value) {
    std::array<char, 40> buffer;
    raw(digits_of(buffer, value));
}

void json_writer::integer(std::uint64_t value) {
    std::array<char, 40> buffer;
    raw(digits_of(buffer, value));
}

void json_writer::number(double value) { write_real(*this, value); }
void json_writer::number(float value) { write_real(*this, value); }

void json_writer::text(std::string_view value) {
    if (!is_valid_utf8(value)) {
        throw payload_error("a text is not valid UTF-8; use std::vector<std::byte> for bytes");
    }
    separate();
    append_escaped(*out_, value);
}

void json_writer::bytes(std::string_view value) {
    separate();
    *out_ += '"';
    append_base64(*out_, value);
    *out_ += '"';
}

void json_writer::value(const json_value& value) {
    if (const bool* flag = value.if_bool()) return boolean(*flag);
    if (const auto* whole = value.if_signed()) return number(*whole);
    if (const auto* natural = value.if_unsigned()) return number(*natural);
    if (const double* real = value.if_real()) return number(*real);
    if (const std::string* words = value.if_text()) return text(*words);
    if (const auto* items = value.if_list()) {
        begin_list();
        for (const json_value& item : *items) this->value(item);
        return end_list();
    }
    if (const auto* members = value.if_object()) {
        begin_object();
        for (const json_member& member : *members) {
            key(member.name);
            this->value(member.value);
        }
        return end_object();
    }
    null();
}

std::string write_json(const json_value& value, json_style style) {
    std::string out;
    json_writer(out, style).value(value);
    return out;
}

}  // namespace perdure
