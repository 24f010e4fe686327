#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "demo/process.hpp"

namespace shop::demo {

/// Where the programs are and where the data goes.
struct StageOptions {
    std::string programs;  ///< the folder of `perdure`, `order_worker` and `order_gateway`
    std::string folder;    ///< databases and logs; made if it is missing
    std::size_t workers = 2;
    std::string store{};      ///< what `perdure server start --store` takes; empty: a file in the folder
    std::size_t servers = 1;  ///< of several on one store, one serves and the others stand by
};

/// The whole play: server, payment gateway and workers, each a process that can be killed and started again.
/// Thread safe: one thread may kill while others ask for addresses.
class Stage {
  public:
    /// Starts everything and waits until the server is ready. Throws std::runtime_error with the log's place otherwise.
    explicit Stage(StageOptions options);
    ~Stage();

    /// Of all servers, as clients and workers take it.
    [[nodiscard]] std::string address() const;
    /// As `perdure` takes it.
    [[nodiscard]] std::string store() const;
    [[nodiscard]] std::string path(const std::string& file) const;
    [[nodiscard]] std::string program(const std::string& name) const;
    [[nodiscard]] std::size_t workers() const { return workers_.size(); }
    [[nodiscard]] std::size_t servers() const { return servers_.size(); }

    void kill_server(std::size_t index = 0);
    void start_server(std::size_t index = 0);
    void kill_worker(std::size_t index);
    void start_worker(std::size_t index);
    /// The logs of the processes that ended although nobody killed or stopped them.
    [[nodiscard]] std::vector<std::string> broken_down();
    /// SIGTERM to everybody, workers first.
    void stop();

  private:
    [[nodiscard]] std::string server_log(std::size_t index) const;
    [[nodiscard]] std::string worker_log(std::size_t index) const;

    StageOptions options_;
    std::vector<std::uint16_t> ports_;
    std::uint16_t gateway_port_ = 0;
    std::mutex guard_;
    std::unique_ptr<Process> gateway_;
    std::vector<std::unique_ptr<Process>> servers_;
    std::vector<std::unique_ptr<Process>> workers_;
};

}  // namespace shop::demo
