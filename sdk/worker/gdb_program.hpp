#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace perdure::detail {

/// The arguments of this process for the one that runs under gdb: --debugger-hooks in the place of --gdb, and without --until,
/// which is gdb's to obey.
[[nodiscard]] std::vector<std::string> arguments_under_debugger();

/// Replaces this process by gdb, which starts this program once more with `arguments`, loads the perdure commands and goes to the
/// event, or to the first one. Comes back only when that is not possible, with a sentence that says why and what to do.
[[nodiscard]] std::string exec_gdb(const std::vector<std::string>& arguments, std::optional<std::int64_t> event);

}  // namespace perdure::detail
