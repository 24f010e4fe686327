#include "tests/support/postgres/proxy.hpp"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace perdure::support {
namespace {

constexpr const char* socket_name = ".s.PGSQL.5432";

sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

bool send_all(int to, const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t sent = ::send(to, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        count -= static_cast<std::size_t>(sent);
    }
    return true;
}

}  // namespace

postgres_proxy::postgres_proxy(const std::filesystem::path& folder) : target_(folder / socket_name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "perdure-proxy-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    folder_ = pattern;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(folder_ / socket_name);
    if (::bind(listener_, generic(address), sizeof address) != 0 || ::listen(listener_, 16) != 0 || ::pipe(wake_) != 0)
        throw std::runtime_error("the proxy cannot listen");
    thread_ = std::thread([this] { loop(); });
}

postgres_proxy::~postgres_proxy() {
    stopping_ = true;
    (void)!::write(wake_[1], "x", 1);
    thread_.join();
    for (const link& one : links_) {
        ::close(one.client);
        ::close(one.server);
    }
    ::close(listener_);
    ::close(wake_[0]);
    ::close(wake_[1]);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void postgres_proxy::cut_after(direction way, std::size_t bytes, bool lose_answers) {
    const std::lock_guard lock(mutex_);
    armed_ = true;
    cut_ = false;
    counted_ = way;
    left_ = bytes;
    lose_answers_ = lose_answers;
    passed_[0] = passed_[1] = 0;
}

void postgres_proxy::when_cut(std::function<void()> then) {
    const std::lock_guard lock(mutex_);
    when_cut_ = std::move(then);
}

std::size_t postgres_proxy::count(direction way) {
    const std::lock_guard lock(mutex_);
    return std::exchange(passed_[static_cast<std::size_t>(way)], 0);
}

bool postgres_proxy::has_cut() {
    const std::lock_guard lock(mutex_);
    return cut_;
}

void postgres_proxy::accept_one() {
    link made;
    made.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    made.server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(target_);
    if (::connect(made.server, generic(address), sizeof address) == 0) {
        links_.push_back(made);
        return;
    }
    ::close(made.client);
    ::close(made.server);
}

// False: the connection is to be broken.
bool postgres_proxy::pass(const link& on, direction way) {
    char buffer[16 * 1024];
    const bool request = way == direction::requests;
    const ssize_t got = ::recv(request ? on.client : on.server, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    const auto bytes = static_cast<std::size_t>(got);
    std::size_t through = bytes;
    bool cut = false;
    {
        const std::lock_guard lock(mutex_);
        passed_[static_cast<std::size_t>(way)] += bytes;
        if (armed_ && way == counted_) {
            through = std::min(left_, bytes);
            left_ -= through;
            cut = through < bytes;
        }
        if (armed_ && lose_answers_ && !request) through = 0;
        if (cut) {
            armed_ = false;
            cut_ = true;
        }
    }
    return send_all(request ? on.server : on.client, buffer, through) && !cut;
}

void postgres_proxy::loop() {
    while (!stopping_) {
        std::vector<pollfd> polled{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
        for (const link& one : links_) {
            polled.push_back({one.client, POLLIN, 0});
            polled.push_back({one.server, POLLIN, 0});
        }
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        for (std::size_t i = links_.size(); i-- > 0;) {
            bool open = true;
            if (polled[2 + 2 * i].revents != 0) open = pass(links_[i], direction::requests);
            if (open && polled[3 + 2 * i].revents != 0) open = pass(links_[i], direction::answers);
            if (open) continue;
            ::close(links_[i].server);
            std::function<void()> then;
            {
                const std::lock_guard lock(mutex_);
                if (cut_) then = std::exchange(when_cut_, {});
            }
            if (then) then();
            ::close(links_[i].client);
            links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (polled[1].revents != 0) accept_one();
    }
}

}  // namespace perdure::support
