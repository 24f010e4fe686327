#pragma once

#include <list>
#include <string>

#include <perdure/worker.hpp>

namespace perdure::detail {

/// One JSON document about what a program serves: for each of its workers the queue, the options, the workflows and the
/// activities, each with the JSON Schemas of what it takes and gives. Schemas of structs and enums stand once, under `$defs`.
///
/// The same program gives the same text each time; a worker's identity and its version stand in it only when they were set.
[[nodiscard]] std::string describe_workers(const std::list<worker>& workers);

}  // namespace perdure::detail
