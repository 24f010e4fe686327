#include "sdk/worker/program_setup.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

#include "sdk/worker/signals.hpp"

namespace perdure::detail {

program_setup::program_setup(program_overrides given)
    : given_(std::move(given)), client_(perdure::client::connect(given_.where)) {}

void program_setup::convert(data_conversion how) {
    if (!workers_.empty()) throw std::logic_error("call convert before the first add_worker");
    given_.where.conversion = std::move(how);
    client_ = perdure::client::connect(given_.where);
}

worker& program_setup::add_worker(worker_options options) {
    if (given_.task_queue) options.task_queue = *given_.task_queue;
    if (given_.metrics_port) options.metrics_port = *given_.metrics_port;
    if (given_.least_log_level) options.least_log_level = *given_.least_log_level;
    if (given_.identity) options.identity = *given_.identity;
    return workers_.emplace_back(client_, std::move(options));
}

int program_setup::run() {
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
        const signal_watch watch([&] { drain = std::thread(stop_all); }, [] { std::_Exit(1); });
        for (worker& one : workers_) served = one.wait() && served;
        if (drain.joinable()) drain.join();
    }
    return served ? 0 : 1;
}

std::vector<std::shared_ptr<const workflow_registry>> program_setup::types() const {
    std::vector<std::shared_ptr<const workflow_registry>> all;
    for (const worker& one : workers_) all.push_back(one.registered().workflows());
    return all;
}

std::vector<std::shared_ptr<const activity_registry>> program_setup::activities() const {
    std::vector<std::shared_ptr<const activity_registry>> all;
    for (const worker& one : workers_) all.push_back(one.registered().activities());
    return all;
}

}  // namespace perdure::detail
