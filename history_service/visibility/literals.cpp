#include "history_service/visibility/literals.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "api/iso_time.hpp"
#include "history_service/visibility/text.hpp"

namespace perdure::history {
namespace {

constexpr std::array<std::pair<std::string_view, list_field>, 10> system_fields{{
    {"ExecutionStatus", list_field::execution_status},
    {"WorkflowType", list_field::workflow_type},
    {"WorkflowId", list_field::workflow_id},
    {"RunId", list_field::run_id},
    {"StartTime", list_field::start_time},
    {"CloseTime", list_field::close_time},
    {"ExecutionTime", list_field::execution_time},
    {"TaskQueue", list_field::task_queue},
    {"HistoryLength", list_field::history_length},
    {"ExecutionDuration", list_field::execution_duration},
}};

// By the number that Temporal's WorkflowExecutionStatus gives them.
constexpr std::array<std::string_view, 9> statuses{"Unspecified", "Running",        "Completed", "Failed", "Canceled",
                                                   "Terminated",  "ContinuedAsNew", "TimedOut",  "Paused"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

service_failure expected(const named_field& field, const list_token& token, std::string_view what) {
    return list_query_error(token.position,
                            field.name + " is compared with " + std::string(what) + ", not with '" + token.value + "'");
}

result<list_literal> status_literal(const named_field& field, const list_token& token) {
    for (std::size_t i = 1; i < statuses.size(); ++i)
        if (equal_ignoring_case(token.value, statuses[i])) return list_literal{static_cast<std::int64_t>(i)};
    if (token.what == list_token::kind::number)
        if (const auto value = number<std::int64_t>(token.value)) return list_literal{*value};
    std::string names;
    for (std::size_t i = 1; i < statuses.size(); ++i) names += (i == 1 ? "\"" : ", \"") + std::string(statuses[i]) + '"';
    return expected(field, token, "one of " + names);
}

result<list_literal> attribute_literal(const named_field& field, const list_token& token) {
    if (token.what == list_token::kind::text) return list_literal{comparable_text(token.value)};
    if (token.what == list_token::kind::number) {
        if (const auto whole = number<std::int64_t>(token.value)) return list_literal{*whole};
        if (const auto real = number<double>(token.value)) return list_literal{*real};
    }
    if (is_word(token, "TRUE")) return list_literal{std::int64_t{1}};
    if (is_word(token, "FALSE")) return list_literal{std::int64_t{0}};
    return expected(field, token, "text in quotes, a number, true or false");
}

}  // namespace

bool is_ordered(list_field field) noexcept { return field != list_field::execution_status; }

bool is_text(list_field field) noexcept {
    return field == list_field::workflow_type || field == list_field::workflow_id || field == list_field::run_id ||
           field == list_field::task_queue || field == list_field::attribute;
}

bool is_word(const list_token& token, std::string_view capitals) noexcept {
    return token.what == list_token::kind::word && equal_ignoring_case(token.value, capitals);
}

result<named_field> resolve_field(const list_token& name) {
    for (const auto& [system, field] : system_fields) {
        if (name.value == system) return named_field{field, name.value};
        if (equal_ignoring_case(name.value, system))
            return list_query_error(name.position,
                                    "there is no field '" + name.value + "'; did you mean " + std::string(system) + "?");
    }
    if (name.value.empty()) return list_query_error(name.position, "the name of a field is empty");
    return named_field{list_field::attribute, name.value};
}

result<list_literal> resolve_literal(const named_field& field, const list_token& token) {
    const bool whole = token.what == list_token::kind::number;
    switch (field.field) {
        case list_field::execution_status:
            return status_literal(field, token);
        case list_field::attribute:
            return attribute_literal(field, token);
        case list_field::workflow_type:
        case list_field::workflow_id:
        case list_field::run_id:
        case list_field::task_queue:
            if (token.what == list_token::kind::text) return list_literal{token.value};
            return expected(field, token, "text in quotes");
        case list_field::start_time:
        case list_field::close_time:
        case list_field::execution_time:
            if (whole)
                if (const auto value = number<std::int64_t>(token.value)) return list_literal{*value};
            if (token.what == list_token::kind::text)
                if (const auto time = from_rfc3339(token.value))
                    return list_literal{static_cast<std::int64_t>(time->time_since_epoch().count())};
            return expected(field, token, "a time as '2026-01-31T10:00:00Z' or in nanoseconds since 1970");
        case list_field::execution_duration:
            if (token.what == list_token::kind::text)
                if (const auto span = parse_duration(token.value)) return list_literal{static_cast<std::int64_t>(span->count())};
            if (whole)
                if (const auto value = number<std::int64_t>(token.value)) return list_literal{*value};
            return expected(field, token, "a span as '1h30m' or in nanoseconds");
        case list_field::history_length:
            break;
    }
    if (whole)
        if (const auto value = number<std::int64_t>(token.value)) return list_literal{*value};
    return expected(field, token, "a whole number");
}

}  // namespace perdure::history
