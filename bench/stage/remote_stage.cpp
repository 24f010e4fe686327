#include <unistd.h>

#include <filesystem>

#include "bench/machine/postgres.hpp"
#include "bench/stage/metrics_text.hpp"
#include "bench/stage/server_process.hpp"
#include "bench/stage/stage.hpp"

namespace perdure::bench {
namespace {

using shop::demo::Process;

std::unique_ptr<Process> start_worker(const settings& wanted, const std::string& address) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    std::vector<std::string> command{self, "worker", "--address", address};
    if (wanted.plain) command.emplace_back("--plain");
    return std::make_unique<Process>(command, std::map<std::string, std::string>{}, wanted.folder + "/worker.log");
}

class remote final : public stage {
  public:
    remote(const settings& wanted, crew with)
        : server_({.programs = wanted.programs, .folder = wanted.folder, .store = wanted.store}),
          via_(client::connect({.target = server_.address()})) {
        if (with == crew::worker_process) worker_ = start_worker(wanted, server_.address());
        if (is_postgres(wanted.store)) postmaster_ = postgres_link(wanted.store).postmaster();
    }
    // As an operator does: what the processes write at their end, such as a profile, is written.
    ~remote() override {
        if (worker_) worker_->stop(server_process::patience_ms);
        server_.stop();
    }

    const client& via() const override { return via_; }
    sample look() const override {
        return {.server = server_.used(),
                .worker = worker_ ? usage_of(worker_->id()) : usage{},
                .client = usage_of(::getpid()),
                .database = postmaster_ != 0 ? usage_of_family(postmaster_) : usage{},
                .metrics = sums_of_metrics(server_.get("/metrics"))};
    }
    double written_bytes() const override {
        const double by_server = server_.used().written_bytes;
        return postmaster_ == 0 ? by_server : by_server + usage_of_family(postmaster_).written_bytes;
    }

  private:
    server_process server_;
    client via_;
    std::unique_ptr<Process> worker_;
    pid_t postmaster_ = 0;
};

}  // namespace

std::unique_ptr<stage> remote_stage(const settings& wanted, crew with) { return std::make_unique<remote>(wanted, with); }

}  // namespace perdure::bench
