#include "bench/stage/server_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/machine/postgres.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest_start{60};
// Far below what is measured.
constexpr std::chrono::microseconds between_attempts{200};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

// The body of a 200, or nothing: this asks a server that may not listen yet, where a client would wait and repeat.
std::optional<std::string> ask(std::uint16_t port, const std::string& path) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    std::string answer;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
            std::array<char, 4096> part{};
            for (ssize_t got = 0; (got = ::read(fd, part.data(), part.size())) > 0;)
                answer.append(part.data(), static_cast<std::size_t>(got));
        }
    }
    ::close(fd);
    const auto body = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 200") || body == std::string::npos) return std::nullopt;
    return answer.substr(body + 4);
}

std::vector<std::string> command_for(const server_place& place, std::uint16_t port) {
    const bool postgres = is_postgres(place.store);
    std::vector<std::string> command{place.programs + "/perdure",
                                     "server",
                                     postgres ? "start" : "start-dev",
                                     "--http-port",
                                     std::to_string(port),
                                     "--log-level",
                                     "warn"};
    if (postgres) command.insert(command.end(), {"--store", place.store});
    if (place.store == "sqlite") command.insert(command.end(), {"--db", database_file(place.folder)});
    return command;
}

std::string end_of(const std::string& file) {
    constexpr std::size_t enough = 1'000;
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return text.size() > enough ? text.substr(text.size() - enough) : text;
}

}  // namespace

std::string database_file(const std::string& folder) { return folder + "/bench.db"; }

server_process::server_process(const server_place& place)
    : port_(place.port != 0 ? place.port : free_port()), began_(clock::now()) {
    const std::string log = place.folder + "/server.log";
    process_ = std::make_unique<shop::demo::Process>(command_for(place, port_), std::map<std::string, std::string>{}, log);
    while (!ask(port_, "/readyz")) {
        if (!process_->running() || clock::now() - began_ > longest_start)
            throw std::runtime_error("the server does not start; its log ends with: " + end_of(log));
        std::this_thread::sleep_for(between_attempts);
    }
    ready_ms_ = age_ms();
}

double server_process::age_ms() const { return std::chrono::duration<double, std::milli>(clock::now() - began_).count(); }

std::string server_process::get(const std::string& path) const {
    auto body = ask(port_, path);
    if (!body) throw std::runtime_error("the server does not answer GET " + path);
    return *std::move(body);
}

}  // namespace perdure::bench
