#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/result.hpp"

namespace perdure::conformance {

using nlohmann::json;

/// Proto-JSON of a response without what recordings leave out, or the refusal.
using answer = result<json>;

/// A request that was sent and may not be answered yet.
struct pending_call {
    std::optional<answer> answered;
};

/// What a script is played against: the service core in virtual time, or a running server.
class driver {
  public:
    driver() = default;
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;
    virtual ~driver() = default;

    /// Whether there is such an operation here.
    [[nodiscard]] virtual bool supports(const std::string& op) const = 0;

    /// Sends a request; what it comes to stands in the returned call, now or later. Precondition: `supports(op)`.
    [[nodiscard]] virtual std::shared_ptr<pending_call> begin(const std::string& op, const json& request) = 0;

    /// Lets time pass until the call is answered. False if that never happens.
    virtual bool wait(pending_call& call) = 0;

    virtual void sleep(std::chrono::milliseconds duration) = 0;
};

enum class store_kind : std::uint8_t { memory, sqlite };

/// Makes a driver for one script.
using driver_factory = std::function<std::unique_ptr<driver>()>;

/// Each driver has a `server::node` of its own, with its commits inline and a clock that only moves when everything waits.
[[nodiscard]] driver_factory node_drivers(store_kind store);

/// One server in this process, and drivers that talk to it over sockets: HTTP for clients, a stream for the worker's side.
/// The drivers may be used side by side. The server ends with the last of the factory and its drivers.
[[nodiscard]] result<driver_factory> server_drivers(store_kind store);

}  // namespace perdure::conformance
