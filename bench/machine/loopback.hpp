#pragma once

namespace perdure::bench {

/// The median, in milliseconds, of sending 100 bytes to another thread by TCP on 127.0.0.1 and having them back. No call of a
/// client is faster. Throws std::runtime_error where there is no loopback.
[[nodiscard]] double loopback_ms();

}  // namespace perdure::bench
