#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/describe/class.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <perdure/client.hpp>
#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>
#include <perdure/workflow.hpp>

namespace perdure {

using namespace std::chrono_literals;

/// A port that nobody listens at.
inline std::uint16_t free_port() {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor probe(io, {boost::asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

/// Something that one thread waits for and another makes happen.
class event {
  public:
    void set() {
        {
            const std::lock_guard lock(mutex_);
            set_ = true;
        }
        changed_.notify_all();
    }
    [[nodiscard]] bool wait(std::chrono::milliseconds limit = 20s) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return set_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

inline constexpr activity<"double", int(int)> double_it{};
inline constexpr activity<"wait", void(int)> wait_long{};
inline constexpr activity_options quick{.timeouts = start_to_close(10s), .retry = {.initial = 20ms, .max_attempts = 5}};

struct Sum : contract<Sum, "sum", int(int)> {
    static constexpr signal<"add", int> add{};
    static constexpr query<"total", int()> total{};
};

/// Doubles its input, adds what is signalled, and ends with the first negative number.
class SumWorkflow final : public implements<Sum> {
  public:
    static constexpr auto definition() {
        return define<SumWorkflow>(&SumWorkflow::run).on(Sum::add, &SumWorkflow::added_).on(Sum::total, &SumWorkflow::total);
    }

  private:
    task<int> run(context ctx, int first) {
        total_ = co_await ctx.call(double_it, first, quick);
        for (;;) {
            const int next = co_await ctx.receive(added_);
            if (next < 0) co_return total_;
            total_ += next;
        }
    }
    int total() const { return total_; }

    int total_ = 0;
    mailbox<int> added_;
};

/// A server on real sockets, and what a test makes of it. Lines of workers are kept.
class world : public ::testing::Test {
  protected:
    world() { serve(); }
    ~world() override { std::filesystem::remove_all(folder_); }

    void serve() {
        server.emplace(embedded_options{.database = (folder_ / "perdure.db").string(), .http_port = port, .log_level = "off"});
    }
    [[nodiscard]] client connect() const {
        return client::connect({.target = "http://127.0.0.1:" + std::to_string(port), .patience = 20s});
    }
    [[nodiscard]] worker_options options() {
        worker_options given;
        given.task_queue = "q";
        given.workflow_threads = 2;
        given.activity_threads = 4;
        given.drain_timeout = 5s;
        given.log_to = [this](log_level, std::string_view line) {
            const std::lock_guard lock(mutex_);
            lines_.emplace_back(line);
        };
        return given;
    }
    [[nodiscard]] start_options named(std::string id) const { return {.id = std::move(id), .task_queue = "q"}; }
    [[nodiscard]] bool was_said(const std::string& part) {
        const std::lock_guard lock(mutex_);
        for (const std::string& line : lines_)
            if (line.find(part) != std::string::npos) return true;
        return false;
    }
    template <class Condition>
    [[nodiscard]] static bool eventually(const Condition& holds, std::chrono::milliseconds limit = 20s) {
        const auto give_up = std::chrono::steady_clock::now() + limit;
        while (!holds()) {
            if (std::chrono::steady_clock::now() > give_up) return false;
            ::usleep(2'000);
        }
        return true;
    }

    std::filesystem::path folder_ = [] {
        const auto made = std::filesystem::temp_directory_path() /
                          ("perdure-sdk-" + std::to_string(::getpid()) + "-" + std::to_string(free_port()));
        std::filesystem::create_directories(made);
        return made;
    }();
    std::uint16_t port = free_port();
    std::optional<embedded_server> server;
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace perdure
