#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <perdure/client.hpp>
#include <perdure/worker.hpp>
#include <string>

#include "bench/machine/usage.hpp"
#include "bench/stage/settings.hpp"

namespace perdure::bench {

/// All that a measurement has used so far.
struct sample {
    usage server;
    usage worker;
    usage client;
    usage database;
    /// By name, as the server's /metrics has them; empty in embedded mode.
    std::map<std::string, double> metrics;
};

/// The processes of a measurement, up and connected. Those that the embedded mode has in this process are zeros in samples,
/// but for the client's.
class stage {
  public:
    stage() = default;
    stage(const stage&) = delete;
    stage& operator=(const stage&) = delete;
    virtual ~stage() = default;

    [[nodiscard]] virtual const client& via() const = 0;
    [[nodiscard]] virtual sample look() const = 0;
    /// By server and database, to disks.
    [[nodiscard]] virtual double written_bytes() const = 0;
};

enum class crew { none, worker_process };

/// A server in a process of its own and, if asked for, a worker in another that knows all workflows.
[[nodiscard]] std::unique_ptr<stage> remote_stage(const settings& wanted, crew with);
/// Server and worker in this process.
[[nodiscard]] std::unique_ptr<stage> embedded_stage(const settings& wanted);

/// Registers what the worker process knows.
void add_workflows(worker& to);

inline constexpr const char* task_queue = "bench";

}  // namespace perdure::bench
