#pragma once

#include <memory>
#include <perdure/client.hpp>

#include "bench/machine/usage.hpp"
#include "bench/run/order4_run.hpp"

namespace perdure::bench {

/// The processes of a measurement, up and connected.
class cast {
  public:
    cast() = default;
    cast(const cast&) = delete;
    cast& operator=(const cast&) = delete;
    virtual ~cast() = default;

    [[nodiscard]] virtual const client& via() const = 0;
    /// Zeros for a part that is in this process.
    [[nodiscard]] virtual usage server() const = 0;
    [[nodiscard]] virtual usage worker() const = 0;
};

[[nodiscard]] std::unique_ptr<cast> remote_cast(const order4_options& options);
[[nodiscard]] std::unique_ptr<cast> embedded_cast(const order4_options& options);

inline constexpr const char* task_queue = "bench";

}  // namespace perdure::bench
