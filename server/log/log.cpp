#include "server/log/log.hpp"

#include <array>

// The level is checked before a message is formatted, and spdlog only writes the finished line.
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace perdure::server {
namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> format_names{"logfmt", "json"};

template <class Enum, std::size_t Size>
std::optional<Enum> find_name(const std::array<std::string_view, Size>& names, std::string_view name) noexcept {
    for (std::size_t i = 0; i < Size; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

void append_quoted(std::string& out, std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20U || byte == 0x7fU) {
            out += "\\u00";
            out += hex[byte >> 4U];
            out += hex[byte & 0xfU];
        } else {
            out += c;
        }
    }
    out += '"';
}

bool needs_quotes(std::string_view text) {
    if (text.empty()) return true;
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20U || c == '"' || c == '=' || c == '\\' || c == '\x7f') return true;
    return false;
}

spdlog::level::level_enum to_spdlog(log_level level) {
    static constexpr std::array<spdlog::level::level_enum, 6> levels{spdlog::level::trace, spdlog::level::debug,
                                                                     spdlog::level::info,  spdlog::level::warn,
                                                                     spdlog::level::err,   spdlog::level::off};
    return levels[static_cast<std::size_t>(level)];
}

const char* pattern_of(log_format format) {
    return format == log_format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                      : "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
}

}  // namespace

std::string_view to_string(log_level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }
std::optional<log_level> parse_log_level(std::string_view name) noexcept { return find_name<log_level>(level_names, name); }
std::string_view to_string(log_format format) noexcept { return format_names[static_cast<std::size_t>(format)]; }
std::optional<log_format> parse_log_format(std::string_view name) noexcept { return find_name<log_format>(format_names, name); }

std::string format_fields(log_format format, std::string_view message, std::initializer_list<log_field> fields) {
    const bool json = format == log_format::json;
    std::string out = json ? "\"msg\":" : "msg=";
    append_quoted(out, message);
    for (const log_field& field : fields) {
        if (json) {
            out += ',';
            append_quoted(out, field.key);
            out += ':';
        } else {
            out += ' ';
            out += field.key;
            out += '=';
        }
        if (field.quoted && (json || needs_quotes(field.text)))
            append_quoted(out, field.text);
        else
            out += field.text;
    }
    return out;
}

struct logger::implementation {
    log_level level;
    log_format format;
    spdlog::logger sink;

    implementation(log_level lowest, log_format shape)
        : level(lowest), format(shape), sink("perdure", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        sink.set_level(to_spdlog(lowest));
        sink.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern_of(shape), spdlog::pattern_time_type::utc));
    }
};

logger::logger(log_level level, log_format format) : implementation_(std::make_unique<implementation>(level, format)) {}
logger::~logger() = default;

bool logger::enabled(log_level level) const noexcept { return level >= implementation_->level; }

void logger::write(log_level level, std::string_view message, std::initializer_list<log_field> fields) {
    if (!enabled(level)) return;
    const std::string line = format_fields(implementation_->format, message, fields);
    implementation_->sink.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace perdure::server
