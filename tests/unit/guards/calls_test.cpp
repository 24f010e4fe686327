#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "flow.hpp"
#include "sdk/guards/guards.hpp"

namespace shop {
namespace {

using ::testing::ContainsRegex;

struct trapped_call {
    std::string name;
    std::function<void()> what;
    std::string says;
};

void PrintTo(const trapped_call& call, std::ostream* out) { *out << call.name; }

class Trapped : public ::testing::TestWithParam<trapped_call> {
  protected:
    void SetUp() override {
        if (!perdure::guards::available()) GTEST_SKIP() << perdure::guards::why_unavailable();
    }
};

TEST_P(Trapped, FailsTheTaskWithTheCallItsLineAndTheRemedy) {
    const std::string told = failure_of(place::run, GetParam().what);
    EXPECT_THAT(told, ContainsRegex("workflow code called " + GetParam().says));
    EXPECT_THAT(told, ContainsRegex(" at [a-z]+(_test)?\\.[ch]pp:[0-9]+ in shop::"));
}

const trapped_call calls[] = {
    {"system_clock", [] { (void)std::chrono::system_clock::now(); },
     "clock_gettime \\(std::chrono::system_clock::now\\) at calls_test.cpp:[0-9]+ in shop::.*differs at replay; use ctx.now"},
    {"steady_clock", [] { (void)std::chrono::steady_clock::now(); }, "clock_gettime \\(std::chrono::steady_clock::now\\)"},
    {"time", [] { (void)::time(nullptr); }, "time .*use ctx.now\\(\\)"},
    {"gettimeofday",
     [] {
         timeval now{};
         (void)::gettimeofday(&now, nullptr);
     },
     "gettimeofday .*use ctx.now\\(\\)"},
    {"sleeping", [] { (void)::sleep(0); }, "sleep .*use ctx.sleep\\(\\)"},
    {"nanosleep",
     [] {
         const timespec little{.tv_sec = 0, .tv_nsec = 1};
         ::nanosleep(&little, nullptr);
     },
     "nanosleep .*use ctx.sleep\\(\\)"},
    {"rand", [] { (void)::rand(); }, "rand .*use ctx.random\\(\\)"},
    {"random_device", [] { (void)std::random_device{}(); }, "std::random_device::_M_getval .*use ctx.random\\(\\)"},
    {"getrandom",
     [] {
         char byte = 0;
         (void)::getrandom(&byte, 1, 0);
     },
     "getrandom .*use ctx.random\\(\\)"},
    {"urandom", [] { ::close(::open("/dev/urandom", O_RDONLY)); }, "open .*files in an activity"},
    {"ifstream", [] { std::ifstream("/etc/hostname"); }, "fopen.* \\(std::.*ifstream.*files in an activity"},
    {"socket", [] { ::close(::socket(AF_INET, SOCK_STREAM, 0)); }, "socket .*network in an activity"},
    {"thread", [] { std::thread([] {}).join(); }, "pthread_create \\(std::thread::.*ctx.spawn"},
    {"getenv", [] { (void)std::getenv("HOME"); }, "getenv .*workflow's input"},
    {"system", [] { (void)std::system("true"); }, "system .*start processes in an activity"},
    {"future", [] { (void)std::async(std::launch::async, [] { return 1; }).get(); }, "pthread_create"},
};

INSTANTIATE_TEST_SUITE_P(Calls, Trapped, ::testing::ValuesIn(calls),
                         [](const ::testing::TestParamInfo<trapped_call>& info) { return info.param.name; });

}  // namespace
}  // namespace shop
