#pragma once

#include <string>

namespace perdure::bench {

/// The median, in milliseconds, of appending 4 KiB to a file in `folder` and waiting until the disk has it (fdatasync).
/// No durable step can be faster. Throws std::runtime_error when the folder cannot be written.
double flush_ms(const std::string& folder);

}  // namespace perdure::bench
