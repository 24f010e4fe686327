// What perdure/poison.hpp leaves alone: names that ordinary code uses for its own things.

#include <perdure/poison.hpp>

#include <fstream>
#include <memory>
#include <random>
#include <thread>

namespace {

struct door {
    int time = 0;
    int clock = 0;
    int random = 0;
    int system = 0;
    void open() { ++time; }
    void close() { --time; }
    int read() const { return time; }
    void write(int value) { time = value; }
    void sleep() {}
    void select() {}
    void poll() {}
    void send() {}
};

[[maybe_unused]] perdure::task<int> use(perdure::context ctx) {
    door front;
    front.open();
    front.write(front.read());
    std::mt19937 numbers(static_cast<unsigned>(ctx.random().next()));
    const auto when = std::chrono::system_clock::time_point{};
    co_await ctx.sleep(std::chrono::seconds(1));
    co_return static_cast<int>(numbers()) + static_cast<int>(when.time_since_epoch().count()) + front.time;
}

}  // namespace
