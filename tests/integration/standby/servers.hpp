#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "demo/process.hpp"
#include "tests/integration/server/harness.hpp"
#include "tests/support/postgres/cluster.hpp"

namespace perdure::server {

using namespace std::chrono_literals;
using support::postgres_cluster;

/// A port that nobody listens at.
inline std::uint16_t unused_port() {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor probe(io, {boost::asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

/// The program as an operator runs it: `perdure server start`, on a port of its own, its log in a file.
class server_program {
  public:
    /// `lease`: as its configuration says it; the server's own without one.
    server_program(const std::string& store, const std::filesystem::path& folder, const std::string& name,
                   const std::string& lease = {})
        : port_(unused_port()),
          log_(folder / (name + ".log")),
          process_(command(store, port_, folder / (name + ".toml"), lease), {}, log_.string()) {}

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] shop::demo::Process& process() { return process_; }
    void send(int number) { ::kill(process_.id(), number); }
    [[nodiscard]] std::string log() const {
        std::stringstream text;
        text << std::ifstream(log_).rdbuf();
        return text.str();
    }

    /// What it answers; status 0 when it does not take connections.
    [[nodiscard]] answer ask(const std::string& verb, const std::string& path, const std::string& body = {}) const {
        try {
            return raw_client(port_).ask(verb, path, body);
        } catch (const std::exception&) {
            return {};
        }
    }
    [[nodiscard]] answer get(const std::string& path) const { return ask("GET", path); }

    /// How long it took until /readyz has this status and says this, of a program that goes on running; nothing after a minute.
    [[nodiscard]] std::optional<std::chrono::milliseconds> await(int status, const std::string& saying = {}) {
        const auto began = std::chrono::steady_clock::now();
        const auto passed = [&] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
        };
        while (passed() < 60s && process_.running()) {
            const answer ready = get("/readyz");
            if (ready.status == status && ready.body.find(saying) != std::string::npos) return passed();
            std::this_thread::sleep_for(5ms);
        }
        return std::nullopt;
    }
    /// Waits for its own end; the exit code, or nothing after a minute.
    [[nodiscard]] std::optional<int> await_end() {
        for (int tries = 0; tries < 6'000; ++tries) {
            if (!process_.running()) return process_.stop();
            std::this_thread::sleep_for(10ms);
        }
        return std::nullopt;
    }

  private:
    static std::vector<std::string> command(const std::string& store, std::uint16_t port, const std::filesystem::path& config,
                                            const std::string& lease) {
        std::vector<std::string> words{std::string(PERDURE_BINARY_DIR) + "/bin/perdure",
                                       "server",
                                       "start",
                                       "--store",
                                       store,
                                       "--http-port",
                                       std::to_string(port)};
        if (lease.empty()) return words;
        std::ofstream(config) << "[server]\nlease = \"" << lease << "\"\n";
        words.insert(words.end(), {"--config", config.string()});
        return words;
    }

    std::uint16_t port_;
    std::filesystem::path log_;
    shop::demo::Process process_;
};

/// A database of the test's own, and servers on it.
class on_postgres : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const auto reason = postgres_cluster::missing()) GTEST_SKIP() << *reason;
        std::filesystem::create_directories(folder_);
        database_ = cluster().make_database();
    }
    void TearDown() override {
        if (!HasFailure()) std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] static postgres_cluster& cluster() { return postgres_cluster::shared(); }
    [[nodiscard]] std::string uri() const { return cluster().uri(database_); }
    [[nodiscard]] std::unique_ptr<server_program> start(const std::string& name) const { return start(name, uri()); }
    [[nodiscard]] std::unique_ptr<server_program> start(const std::string& name, const std::string& store,
                                                        const std::string& lease = {}) const {
        return std::make_unique<server_program>(store, folder_, name, lease);
    }
    [[nodiscard]] std::string epoch() const { return sql("SELECT epoch FROM perdure.shards"); }
    std::string sql(const std::string& text) const { return cluster().ask(database_, text); }

    std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) /
        ("perdure-standby-" + std::to_string(::getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::string database_;
};

}  // namespace perdure::server
