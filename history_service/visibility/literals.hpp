#pragma once

#include <optional>
#include <string_view>

#include "api/result.hpp"
#include "history_service/visibility/filter.hpp"
#include "history_service/visibility/lexer.hpp"

namespace perdure::history {

/// A searchable field as the query named it.
struct named_field {
    list_field field = list_field::attribute;
    std::string name;
};

/// The field of a name; an unknown name is a custom attribute, a system name in the wrong case an error that tells the right one.
[[nodiscard]] result<named_field> resolve_field(const list_token& name);

/// The token as a value of the field: "Running" for a status, an RFC 3339 text or nanoseconds for a time, and so on.
[[nodiscard]] result<list_literal> resolve_literal(const named_field& field, const list_token& token);

/// Whether the field knows an order, and whether it has a beginning to ask for.
[[nodiscard]] bool is_ordered(list_field field) noexcept;
[[nodiscard]] bool is_text(list_field field) noexcept;

/// Case-insensitive comparison with a word in capitals.
[[nodiscard]] bool is_word(const list_token& token, std::string_view capitals) noexcept;

}  // namespace perdure::history
