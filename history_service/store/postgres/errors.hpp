#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "history_service/store/store_error.hpp"

namespace perdure::history::postgres {

/// What PostgreSQL refused.
struct error : store_error {
    /// The connection is of no use any more, and what became of the statements that were sent is not known.
    bool lost = false;
    /// The SQLSTATE, or "" where there is none.
    std::string state{};
};

/// Codes of our own, raised by `perdure.refuse`.
inline constexpr std::string_view stale_state = "PD001";
inline constexpr std::string_view conflict_state = "PD002";

/// What a SQLSTATE means for us, with the remedy. `said` is what the server said.
[[nodiscard]] error error_of(std::string_view state, std::string_view said);

/// The same for an attempt to connect, of which libpq tells no more than a text (of verbosity PQERRORS_VERBOSE).
[[nodiscard]] error connect_error(std::string_view text);

/// Throws what must be put right before anything works.
[[noreturn]] inline void refuse(std::string message) { throw error{{status_code::failed_precondition, std::move(message)}}; }

/// The database is away, or became so.
[[nodiscard]] error lost_error(std::string_view said);

}  // namespace perdure::history::postgres
