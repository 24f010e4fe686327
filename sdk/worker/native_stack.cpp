#include "sdk/worker/native_stack.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace perdure::detail {
namespace {

constexpr int max_frames = 64;
constexpr std::chrono::milliseconds patience{300};

// A signal handler can reach nothing but these.
std::array<void*, max_frames> captured_frames{};
std::atomic<int> captured_count{-1};

void capture(int) {
    const int saved = errno;
    captured_count.store(::backtrace(captured_frames.data(), max_frames), std::memory_order_release);
    errno = saved;
}

std::string frame_text(void* address) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%p", address);
    std::string text = digits.data();
    Dl_info info{};
    if (::dladdr(address, &info) == 0) return text;
    if (info.dli_sname != nullptr) {
        int status = 0;
        const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status),
                                                          std::free);
        text += ' ';
        text += status == 0 ? name.get() : info.dli_sname;
    } else if (info.dli_fname != nullptr) {
        // addr2line -e FILE OFFSET turns this into a line.
        std::snprintf(digits.data(), digits.size(), "+0x%zx",
                      static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(address) -
                                               reinterpret_cast<std::uintptr_t>(info.dli_fbase)));
        text += ' ';
        text += info.dli_fname;
        text += digits.data();
    }
    return text;
}

}  // namespace

std::string native_stack_of(pthread_t thread) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    // The first call of backtrace loads a library, which a handler must not do.
    std::array<void*, 1> warm{};
    (void)::backtrace(warm.data(), 1);

    const int signal_number = SIGRTMIN + 6;
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = capture;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    captured_count.store(-1);
    if (::sigaction(signal_number, &action, &before) != 0) return {};
    std::string text;
    if (::pthread_kill(thread, signal_number) == 0) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (captured_count.load(std::memory_order_acquire) < 0 && std::chrono::steady_clock::now() < give_up)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const int count = captured_count.load(std::memory_order_acquire);
        // The first two frames are the handler and the kernel's trampoline.
        for (int index = 2; index < count; ++index)
            text += "    at " + frame_text(captured_frames[static_cast<std::size_t>(index)]) + "\n";
        // A thread that has not answered yet may do so later; then the default action would end the process.
        if (count < 0) return {};
    }
    ::sigaction(signal_number, &before, nullptr);
    return text;
}

bool is_debugged() {
    if (const char* wish = std::getenv("PERDURE_DEBUG"); wish != nullptr && std::string_view(wish) == "1") return true;
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("TracerPid:")) return line.find_first_of("123456789") != std::string::npos;
    return false;
}

}  // namespace perdure::detail
