#include "sdk/testing/test_service.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "api/ids.hpp"

namespace perdure::test {

std::string seeded_ids::next() {
    std::array<std::byte, 16> random{};
    for (std::size_t at = 0; at < random.size(); at += sizeof(std::uint64_t)) {
        // splitmix64
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
        mixed ^= mixed >> 31U;
        std::memcpy(random.data() + at, &mixed, sizeof mixed);
    }
    return make_uuid4(random);
}

test_service::test_service(std::uint64_t seed, wall_time now, std::function<void(std::string)> log) : ids_(seed) {
    server::node_options options;
    // Nobody is silent in here, and pings would be most of what a month consists of.
    options.session_idle_timeout = std::chrono::milliseconds(0);
    options.log = [log = std::move(log)](server::node_severity severity, std::string_view message) {
        if (severity != server::node_severity::info) log(std::string(message));
    };
    auto made = server::make_node(std::move(options),
                                  {.rows = store_, .ids = ids_, .writes = commits_, .lists = lists_, .reads = reads_}, now);
    if (!made) throw std::runtime_error("the test's service cannot start: " + made.error().message);
    node_ = *std::move(made);
}

}  // namespace perdure::test
