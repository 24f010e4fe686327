#include "sdk/client/connection.hpp"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <random>

#include "api/ids.hpp"

namespace perdure::detail {

std::string connection::make_request_id() {
    thread_local std::random_device entropy;
    std::array<std::byte, 16> random{};
    for (std::size_t at = 0; at < random.size(); at += sizeof(unsigned)) {
        const unsigned drawn = entropy();
        std::memcpy(random.data() + at, &drawn, sizeof drawn);
    }
    return make_uuid4(random);
}

std::string default_identity() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) std::strcpy(host.data(), "unknown");
    return std::to_string(::getpid()) + "@" + host.data();
}

}  // namespace perdure::detail
