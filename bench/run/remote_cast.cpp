#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "bench/run/cast.hpp"
#include "examples/order_orchestration/demo/process.hpp"

namespace perdure::bench {
namespace {

using shop::demo::Process;

std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

class remote final : public cast {
  public:
    explicit remote(const order4_options& options) : port_(free_port()) {
        const std::string log = options.folder + "/server.log";
        std::vector<std::string> command{options.programs + "/perdure", "server",      "start-dev", "--http-port",
                                         std::to_string(port_),         "--log-level", "warn"};
        if (options.store == "sqlite") {
            command.insert(command.end(), {"--db", options.folder + "/bench-" + std::to_string(port_) + ".db"});
        }
        server_ = std::make_unique<Process>(command, std::map<std::string, std::string>{}, log);
        const std::string address = "http://127.0.0.1:" + std::to_string(port_);
        const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
        via_ = std::make_unique<client>(client::connect({.target = address}));
        (void)via_->server_version();
        worker_ = std::make_unique<Process>(std::vector<std::string>{self, "worker", "--address", address},
                                            std::map<std::string, std::string>{}, options.folder + "/worker.log");
    }

    const client& via() const override { return *via_; }
    usage server() const override { return usage_of(server_->id()); }
    usage worker() const override { return usage_of(worker_->id()); }

  private:
    std::uint16_t port_;
    std::unique_ptr<Process> server_;
    std::unique_ptr<client> via_;
    std::unique_ptr<Process> worker_;
};

}  // namespace

std::unique_ptr<cast> remote_cast(const order4_options& options) { return std::make_unique<remote>(options); }

}  // namespace perdure::bench
