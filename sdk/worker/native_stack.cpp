#include "sdk/worker/native_stack.hpp"

#include <execinfo.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "sdk/guards/source_lines.hpp"

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

std::string line_text(const guards::source_line& line) {
    std::string text = line.function.empty() ? line.module : line.function;
    if (!line.file.empty()) text += " (" + line.file + ":" + std::to_string(line.line) + ")";
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
        if (count > 2)
            for (const auto& line :
                 guards::source_lines(std::span(captured_frames).subspan(2, static_cast<std::size_t>(count) - 2)))
                text += "    at " + line_text(line) + "\n";
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
