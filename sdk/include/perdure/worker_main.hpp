#pragma once

#include <functional>

#include <perdure/payload_codec.hpp>
#include <perdure/worker.hpp>

namespace perdure {

/// What the command line of a worker program decided, handed to its setup.
class worker_setup {
  public:
    virtual ~worker_setup() = default;
    /// The client that the workers use, for activities that start or signal workflows themselves.
    [[nodiscard]] virtual const perdure::client& client() const = 0;
    /// False when the program only replays or describes: workflows and activities are registered and nothing runs, so the setup
    /// need not open what activities use.
    [[nodiscard]] virtual bool serves() const noexcept = 0;
    /// Encryption and the like, for the client and for all workers. Before the first worker is made, or it throws
    /// std::logic_error.
    virtual void convert(data_conversion how) = 0;
    /// Makes a worker; the command line overrides what it was told. Register workflows and activities with it.
    /// The worker lives until the program ends.
    virtual worker& add_worker(worker_options options) = 0;
};

/// The main function of a program of workers:
///
///     int main(int argc, char** argv) {
///         return perdure::worker_main(argc, argv, {.task_queue = "orders"}, [](perdure::worker& worker) {
///             worker.add_workflow<OrderWorkflow>();
///         });
///     }
///
/// `program replay` replays recorded histories, see `program replay --help`.
/// `program describe` prints one JSON document: workflows with their messages, activities, options and the JSON Schemas of all
/// payloads. Nothing is opened for it.
/// `program run` works until SIGTERM or SIGINT and then drains; so does `program` alone. --address, --namespace, --task-queue,
/// --metrics-port and --log-level override the options; PERDURE_ADDRESS and PERDURE_NAMESPACE are used where a flag is not
/// given. Returns the process's exit code: 0 after a drain, 1 for trouble (told on stderr), 2 for a wrong command line.
int worker_main(int argc, char** argv, worker_options options, const std::function<void(worker&)>& setup);

/// The same for a program with several workers, or one that needs the client.
int worker_main(int argc, char** argv, const std::function<void(worker_setup&)>& setup);

}  // namespace perdure
