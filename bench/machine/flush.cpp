#include "bench/machine/flush.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace perdure::bench {

double flush_ms(const std::string& folder) {
    constexpr std::size_t rounds = 300;
    const std::string path = folder + "/flush.probe";
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    const std::array<char, 4096> block{};
    std::vector<double> took;
    for (std::size_t i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const bool written =
            ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) && ::fdatasync(file) == 0;
        if (!written) {
            ::close(file);
            throw std::runtime_error("cannot flush " + path + ": " + std::strerror(errno));
        }
        took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    ::close(file);
    ::unlink(path.c_str());
    std::nth_element(took.begin(), took.begin() + rounds / 2, took.end());
    return took[rounds / 2];
}

}  // namespace perdure::bench
