#include "api/json_reader.hpp"

#include <cmath>
#include <limits>

#include "api/base64.hpp"
#include "api/iso_time.hpp"

namespace perdure::detail {

std::string json_position::path() const {
    if (parent_ == nullptr) return {};
    std::string path = parent_->path();
    if (is_item_) return path + '[' + std::to_string(index_) + ']';
    if (!path.empty()) path += '.';
    return path += name_;
}

void fail_read(const json_position& at, std::string_view expected, const json_value& found, std::string_view why) {
    std::string path = at.path();
    std::string message = path.empty() ? std::string("the value") : "member \"" + path + '"';
    message += " should be ";
    message += expected;
    message += ", but the payload has " + found.describe();
    if (!why.empty()) {
        message += ": ";
        message += why;
    }
    throw payload_error(message, std::move(path));
}

void fail_unnamed_enum(std::string_view type, std::int64_t value) {
    throw payload_error(std::string(type) + " has the value " + std::to_string(value) +
                        ", which BOOST_DESCRIBE_ENUM does not list");
}

void fail_duration_range(std::string_view type) {
    throw payload_error("a value of " + std::string(type) + " is longer than 292 years");
}

void rethrow_inside(const payload_error& inner, std::string_view member) {
    std::string path(member);
    if (!inner.member().empty()) path += '.' + inner.member();
    std::string_view reason = inner.what();
    if (!inner.member().empty()) {  // the inner message starts with its own member
        if (const auto colon = reason.find("\": "); colon != std::string_view::npos) reason.remove_prefix(colon + 3);
    }
    throw payload_error("member \"" + path + "\": " + std::string(reason), path);
}

json_value parse_payload_json(std::string_view text, std::string_view type) {
    result<json_value> parsed = parse_json(text);
    if (!parsed) throw payload_error("the payload cannot be read as " + std::string(type) + ": " + parsed.error().message);
    return std::move(parsed).value();
}

bool expect_bool(const json_value& in, const json_position& at) {
    const bool* value = in.if_bool();
    if (value == nullptr) fail_read(at, "bool", in, {});
    return *value;
}

std::int64_t expect_signed(const json_value& in, std::string_view type, std::int64_t least, std::int64_t most,
                           const json_position& at) {
    std::int64_t value = 0;
    if (const auto* whole = in.if_signed()) {
        value = *whole;
    } else if (const auto* natural = in.if_unsigned()) {
        if (*natural > static_cast<std::uint64_t>(most)) fail_read(at, type, in, "it does not fit");
        value = static_cast<std::int64_t>(*natural);
    } else if (const double* real = in.if_real(); real != nullptr && std::trunc(*real) == *real && std::abs(*real) < 9.0e15) {
        value = static_cast<std::int64_t>(*real);  // 1e3 and 5.0 are integers, as in JavaScript
    } else {
        fail_read(at, type, in, {});
    }
    if (value < least || value > most) fail_read(at, type, in, "it does not fit");
    return value;
}

std::uint64_t expect_unsigned(const json_value& in, std::string_view type, std::uint64_t most, const json_position& at) {
    if (const auto* natural = in.if_unsigned()) {
        if (*natural > most) fail_read(at, type, in, "it does not fit");
        return *natural;
    }
    const std::int64_t highest = std::numeric_limits<std::int64_t>::max();
    const std::int64_t limit = most > static_cast<std::uint64_t>(highest) ? highest : static_cast<std::int64_t>(most);
    return static_cast<std::uint64_t>(expect_signed(in, type, 0, limit, at));
}

double expect_real(const json_value& in, std::string_view type, const json_position& at) {
    if (const double* real = in.if_real()) return *real;
    if (const auto* whole = in.if_signed()) return static_cast<double>(*whole);
    if (const auto* natural = in.if_unsigned()) return static_cast<double>(*natural);
    fail_read(at, type, in, {});
}

const std::string& expect_text(const json_value& in, std::string_view type, const json_position& at) {
    const std::string* text = in.if_text();
    if (text == nullptr) fail_read(at, type, in, {});
    return *text;
}

const json_value::list& expect_list(const json_value& in, std::string_view type, const json_position& at) {
    const json_value::list* items = in.if_list();
    if (items == nullptr) fail_read(at, type, in, "a list is needed");
    return *items;
}

const json_value::list& expect_list(const json_value& in, std::string_view type, const json_position& at, std::size_t size) {
    const json_value::list& items = expect_list(in, type, at);
    if (items.size() != size) {
        fail_read(at, type, in, std::to_string(size) + " items are needed, not " + std::to_string(items.size()));
    }
    return items;
}

const json_value::object& expect_object(const json_value& in, std::string_view type, const json_position& at) {
    const json_value::object* members = in.if_object();
    if (members == nullptr) fail_read(at, type, in, "an object is needed");
    return *members;
}

std::chrono::nanoseconds expect_duration(const json_value& in, std::string_view type, const json_position& at) {
    const auto value = from_iso_duration(expect_text(in, type, at));
    if (!value) fail_read(at, type, in, "write an ISO 8601 duration such as PT1.5S or PT72H");
    return *value;
}

wall_time expect_time(const json_value& in, std::string_view type, const json_position& at) {
    const auto value = from_rfc3339(expect_text(in, type, at));
    if (!value) fail_read(at, type, in, "write an RFC 3339 time such as 2026-01-31T08:30:00Z");
    return *value;
}

std::vector<std::byte> expect_bytes(const json_value& in, const json_position& at) {
    const auto bytes = from_base64(expect_text(in, "bytes", at));
    if (!bytes) fail_read(at, "bytes", in, "it is not base64");
    const auto* first = reinterpret_cast<const std::byte*>(bytes->data());
    return {first, first + bytes->size()};
}

}  // namespace perdure::detail
