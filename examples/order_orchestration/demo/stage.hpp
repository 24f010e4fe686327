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
};

/// The whole play: server, payment gateway and workers, each a process that can be killed and started again.
/// Thread safe: one thread may kill while others ask for addresses.
class Stage {
  public:
    /// Starts everything and waits until the server is ready. Throws std::runtime_error with the log's place otherwise.
    explicit Stage(StageOptions options);
    ~Stage();

    [[nodiscard]] std::string address() const;
    [[nodiscard]] std::string path(const std::string& file) const;
    [[nodiscard]] std::string program(const std::string& name) const;
    [[nodiscard]] std::size_t workers() const { return workers_.size(); }

    void kill_server();
    void start_server();
    void kill_worker(std::size_t index);
    void start_worker(std::size_t index);
    /// SIGTERM to everybody, workers first.
    void stop();

  private:
    StageOptions options_;
    std::uint16_t port_ = 0;
    std::uint16_t gateway_port_ = 0;
    std::mutex guard_;
    std::unique_ptr<Process> gateway_;
    std::unique_ptr<Process> server_;
    std::vector<std::unique_ptr<Process>> workers_;
};

}  // namespace shop::demo
