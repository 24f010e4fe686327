#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perdure {

class json_value;

enum class json_style : std::uint8_t { compact, pretty };

/// Appends JSON to a string, one event at a time. The caller keeps the order of events; commas, colons and indentation
/// are put here.
class json_writer {
  public:
    explicit json_writer(std::string& out, json_style style = json_style::compact) : out_(&out), style_(style) {}

    void begin_object() { begin('{'); }
    void end_object() { end('}'); }
    void begin_list() { begin('['); }
    void end_list() { end(']'); }
    void key(std::string_view name);

    void null() { raw("null"); }
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void number(std::signed_integral auto value) { integer(static_cast<std::int64_t>(value)); }
    void number(std::unsigned_integral auto value) { integer(static_cast<std::uint64_t>(value)); }
    /// Shortest text that reads back as the same number. Throws payload_error for infinities and NaN.
    void number(double value);
    void number(float value);
    /// Throws payload_error if the text is not valid UTF-8.
    void text(std::string_view value);
    /// Base64, as protobuf's JSON writes bytes.
    void bytes(std::string_view value);
    void value(const json_value& value);
    /// Something that is JSON already.
    void raw(std::string_view json);
    /// Valid JSON text, in the style of this writer. Numbers keep the digits they are written with.
    void reformatted(std::string_view json);

  private:
    void key_text(std::string_view quoted);
    void begin(char bracket);
    void end(char bracket);
    void separate();
    void newline();
    void integer(std::int64_t value);
    void integer(std::uint64_t value);

    std::string* out_;
    json_style style_;
    std::vector<bool> has_items_{};  // one flag an open bracket
    bool after_key_ = false;
};

[[nodiscard]] std::string write_json(const json_value& value, json_style style = json_style::compact);

}  // namespace perdure
