#include <filesystem>

#include "bench/run/cast.hpp"
#include "bench/run/server_process.hpp"

namespace perdure::bench {
namespace {

using shop::demo::Process;

std::string database_of(const order4_options& options) {
    if (options.store != "sqlite") return {};
    return options.folder + "/bench-" + std::to_string(options.concurrency) + ".db";
}

class remote final : public cast {
  public:
    explicit remote(const order4_options& options)
        : server_({.programs = options.programs, .folder = options.folder, .database = database_of(options)}),
          via_(client::connect({.target = server_.address()})) {
        const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
        std::vector<std::string> command{self, "worker", "--address", server_.address()};
        if (options.plain) command.emplace_back("--plain");
        worker_ = std::make_unique<Process>(command, std::map<std::string, std::string>{}, options.folder + "/worker.log");
    }

    const client& via() const override { return via_; }
    usage server() const override { return server_.used(); }
    usage worker() const override { return usage_of(worker_->id()); }

  private:
    server_process server_;
    client via_;
    std::unique_ptr<Process> worker_;
};

}  // namespace

std::unique_ptr<cast> remote_cast(const order4_options& options) { return std::make_unique<remote>(options); }

}  // namespace perdure::bench
