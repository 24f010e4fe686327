// What perdure/poison.hpp leaves alone: the standard library, and names that ordinary code uses for its own things.

#include <perdure/poison.hpp>

#include <algorithm>
#include <any>
#include <barrier>
#include <bitset>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <latch>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <numeric>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <variant>

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
