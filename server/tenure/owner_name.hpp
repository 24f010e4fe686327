#pragma once

#include <string>
#include <string_view>

namespace perdure::server {

/// The name under which this process holds a lease: its host and its number, for people; when it began and in which system it
/// runs, for `has_ended`; and `own`, which tells servers of one process from each other. `own` has no colon.
[[nodiscard]] std::string owner_name(std::string_view own);

/// Whether the process of that name is known to be gone, so that nobody need wait for its lease to run out: it ran on this
/// system since its last boot, among the processes that this one can see, and is not there any more. A process of another
/// machine or container, a stopped one, and a name of another form are never known to be gone. Any thread.
[[nodiscard]] bool has_ended(std::string_view owner);

}  // namespace perdure::server
