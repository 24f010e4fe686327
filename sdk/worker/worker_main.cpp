#include "perdure/worker_main.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "api/proto_log.hpp"
#include "sdk/worker/signals.hpp"

namespace perdure {
namespace {

/// What the command line may override.
struct overrides {
    endpoint where = endpoint::from_env();
    std::optional<std::string> task_queue;
    std::optional<std::uint16_t> metrics_port;
    std::optional<log_level> least_log_level;
    std::optional<std::string> identity;
};

class setup_of_run final : public worker_setup {
  public:
    explicit setup_of_run(overrides given) : given_(std::move(given)), client_(perdure::client::connect(given_.where)) {}

    [[nodiscard]] const perdure::client& client() const override { return client_; }

    void convert(data_conversion how) override {
        if (!workers_.empty()) throw std::logic_error("call convert before the first add_worker");
        given_.where.conversion = std::move(how);
        client_ = perdure::client::connect(given_.where);
    }

    worker& add_worker(worker_options options) override {
        if (given_.task_queue) options.task_queue = *given_.task_queue;
        if (given_.metrics_port) options.metrics_port = *given_.metrics_port;
        if (given_.least_log_level) options.least_log_level = *given_.least_log_level;
        if (given_.identity) options.identity = *given_.identity;
        return workers_.emplace_back(client_, std::move(options));
    }

    int run() {
        if (workers_.empty()) {
            std::fputs("this program made no worker; call add_worker in its setup\n", stderr);
            return 1;
        }
        if (workers_.size() == 1) return workers_.front().run_until_signalled();
        for (worker& one : workers_) one.start();
        // The drains go side by side; the first to be refused takes the others with it.
        const auto stop_all = [this] {
            std::list<std::thread> drains;
            for (worker& one : workers_) drains.emplace_back([&one] { one.stop(); });
            for (std::thread& drain : drains) drain.join();
        };
        bool served = true;
        {
            std::thread drain;
            const detail::signal_watch watch([&] { drain = std::thread(stop_all); }, [] { std::_Exit(1); });
            for (worker& one : workers_) served = one.wait() && served;
            if (drain.joinable()) drain.join();
        }
        return served ? 0 : 1;
    }

  private:
    overrides given_;
    perdure::client client_;
    std::list<worker> workers_;
};

const std::map<std::string, log_level> levels{
    {"debug", log_level::debug}, {"info", log_level::info}, {"warning", log_level::warning}, {"error", log_level::error}};

int run(int argc, char** argv, const std::function<void(worker_setup&)>& setup) {
    // This is the program's main: frames that do not parse are told by the worker's own log.
    silence_protobuf_log();
    overrides given;
    std::string least_log_level;
    CLI::App app{"A worker program of Perdure: runs the workflows and activities that it was built with."};
    app.set_version_flag("--version", "0.1.0");
    app.require_subcommand(0, 1);
    CLI::App& command = *app.add_subcommand("run", "Take tasks from a server until SIGTERM or SIGINT (the default)");
    command.footer("Examples:\n  " + std::string(argc > 0 ? argv[0] : "worker") +
                   " run --address http://127.0.0.1:7243 --namespace default\n  PERDURE_ADDRESS=http://server:7243 " +
                   std::string(argc > 0 ? argv[0] : "worker") + " run --metrics-port 9100");
    for (CLI::App* part : {&app, &command}) {
        part->add_option("--address", given.where.target, "The server, http://host:port")->envname("PERDURE_ADDRESS");
        part->add_option("--namespace", given.where.space, "The namespace to serve")->envname("PERDURE_NAMESPACE");
        part->add_option("--task-queue", given.task_queue, "Serve this queue instead of the program's own");
        part->add_option("--identity", given.identity, "The worker's name in histories; default process@host");
        part->add_option("--metrics-port", given.metrics_port, "Serve metrics for Prometheus at this port of 127.0.0.1");
        part->add_option("--log-level", least_log_level, "Write lines of this level and above")
            ->check(CLI::IsMember({"debug", "info", "warning", "error"}, CLI::ignore_case));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!least_log_level.empty()) given.least_log_level = levels.at(CLI::detail::to_lower(least_log_level));
    try {
        setup_of_run made(std::move(given));
        setup(made);
        return made.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

}  // namespace

int worker_main(int argc, char** argv, const std::function<void(worker_setup&)>& setup) { return run(argc, argv, setup); }

int worker_main(int argc, char** argv, worker_options options, const std::function<void(worker&)>& setup) {
    return run(argc, argv, [&](worker_setup& made) { setup(made.add_worker(options)); });
}

}  // namespace perdure
