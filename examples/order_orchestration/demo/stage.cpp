#include "demo/stage.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace shop::demo {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A port that is free now; the server binds it right after. It lies below the ports that the kernel gives to outgoing
// connections, so that none of them can take it while the server is dead.
std::uint16_t free_port() {
    constexpr std::uint16_t first = 20'000;
    constexpr std::uint16_t count = 12'000;
    static std::uint32_t next = static_cast<std::uint32_t>(::getpid()) * 7;
    for (int tries = 0; tries < count; ++tries) {
        const auto port = static_cast<std::uint16_t>(first + next++ % count);
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        const sockaddr_in address = loopback(port);
        const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(fd);
        if (bound) return port;
    }
    throw std::runtime_error("no free port on 127.0.0.1");
}

bool accepts(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return open;
}

void await_port(std::uint16_t port, Process& process, const std::string& what, const std::string& log) {
    for (int tries = 0; tries < 3000; ++tries) {
        if (accepts(port)) return;
        if (!process.running()) break;
        std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error(what + " did not come up; see " + log);
}

}  // namespace

Stage::Stage(StageOptions options) : options_(std::move(options)), gateway_port_(free_port()) {
    std::filesystem::create_directories(options_.folder);
    gateway_ = std::make_unique<Process>(std::vector<std::string>{program("order_gateway"), "--port",
                                                                  std::to_string(gateway_port_), "--ledger", path("payments.db")},
                                         std::map<std::string, std::string>{}, path("gateway.log"));
    await_port(gateway_port_, *gateway_, "the payment gateway", path("gateway.log"));
    servers_.resize(options_.servers);
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        ports_.push_back(free_port());
        start_server(i);
    }
    workers_.resize(options_.workers);
    for (std::size_t i = 0; i < workers_.size(); ++i) start_worker(i);
}

Stage::~Stage() = default;

std::string Stage::address() const {
    std::string all;
    for (const std::uint16_t port : ports_)
        all += (all.empty() ? "http://127.0.0.1:" : ",http://127.0.0.1:") + std::to_string(port);
    return all;
}
std::string Stage::store() const { return options_.store.empty() ? "sqlite:" + path("perdure.db") : options_.store; }
std::string Stage::path(const std::string& file) const { return options_.folder + "/" + file; }
std::string Stage::program(const std::string& name) const { return options_.programs + "/" + name; }

std::string Stage::server_log(std::size_t index) const {
    return path(index == 0 ? "server.log" : "server-" + std::to_string(index + 1) + ".log");
}
std::string Stage::worker_log(std::size_t index) const { return path("worker-" + std::to_string(index + 1) + ".log"); }

void Stage::kill_server(std::size_t index) {
    const std::lock_guard lock(guard_);
    servers_[index]->kill();
}

void Stage::start_server(std::size_t index) {
    const std::lock_guard lock(guard_);
    const std::string log = server_log(index);
    servers_[index] =
        std::make_unique<Process>(std::vector<std::string>{program("perdure"), "server", "start", "--store", store(),
                                                           "--http-port", std::to_string(ports_[index]), "--log-level", "info"},
                                  std::map<std::string, std::string>{}, log);
    await_port(ports_[index], *servers_[index], "the server", log);
}

void Stage::kill_worker(std::size_t index) {
    const std::lock_guard lock(guard_);
    workers_[index]->kill();
}

void Stage::start_worker(std::size_t index) {
    const std::lock_guard lock(guard_);
    workers_[index] =
        std::make_unique<Process>(std::vector<std::string>{program("order_worker"), "run", "--address", address()},
                                  std::map<std::string, std::string>{{"SHOP_WAREHOUSE", path("warehouse.db")},
                                                                     {"SHOP_GATEWAY_PORT", std::to_string(gateway_port_)}},
                                  worker_log(index));
}

std::vector<std::string> Stage::broken_down() {
    const std::lock_guard lock(guard_);
    std::vector<std::string> logs;
    if (gateway_->ended_by_itself()) logs.push_back(path("gateway.log"));
    for (std::size_t i = 0; i < servers_.size(); ++i)
        if (servers_[i]->ended_by_itself()) logs.push_back(server_log(i));
    for (std::size_t i = 0; i < workers_.size(); ++i)
        if (workers_[i]->ended_by_itself()) logs.push_back(worker_log(i));
    return logs;
}

void Stage::stop() {
    const std::lock_guard lock(guard_);
    for (auto& worker : workers_) worker->stop();
    for (auto& server : servers_) server->stop();
    gateway_->stop();
}

}  // namespace shop::demo
