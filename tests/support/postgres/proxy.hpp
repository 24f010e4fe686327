#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace perdure::support {

/// Stands between a client and PostgreSQL's Unix socket, passes every byte on, and breaks connections at a chosen byte. Any
/// thread may use it.
class postgres_proxy {
  public:
    /// `folder` holds the socket of a cluster; the proxy's own lies in a temporary folder.
    explicit postgres_proxy(const std::filesystem::path& folder);
    postgres_proxy(const postgres_proxy&) = delete;
    postgres_proxy& operator=(const postgres_proxy&) = delete;
    ~postgres_proxy();

    [[nodiscard]] std::string uri(const std::string& database) const {
        return "postgres://postgres@/" + database + "?host=" + folder_.string();
    }

    /// Which bytes are counted, from the client or from the server.
    enum class direction { requests, answers };
    /// Breaks the one connection that sends the next `bytes` bytes this way, before the byte after them gets through. Bytes in
    /// the other direction get through until then; with `lose_answers` none does. Once only.
    void cut_after(direction way, std::size_t bytes, bool lose_answers = false);
    /// Runs `then` at the next cut, when the server has lost the connection and the client does not know it yet.
    void when_cut(std::function<void()> then);
    /// How many bytes went this way since the last `cut_after` or `count`.
    [[nodiscard]] std::size_t count(direction way);
    /// Whether the cut that was asked for was made.
    [[nodiscard]] bool has_cut();

  private:
    struct link {
        int client = -1;
        int server = -1;
    };
    void loop();
    void accept_one();
    [[nodiscard]] bool pass(const link& on, direction way);

    std::filesystem::path folder_;
    std::filesystem::path target_;
    int listener_ = -1;
    int wake_[2] = {-1, -1};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    bool armed_ = false;
    bool cut_ = false;
    std::function<void()> when_cut_;
    bool lose_answers_ = false;
    direction counted_ = direction::requests;
    std::size_t left_ = 0;
    std::size_t passed_[2] = {0, 0};
    std::vector<link> links_;
    std::thread thread_;
};

}  // namespace perdure::support
