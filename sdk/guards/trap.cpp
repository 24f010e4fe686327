#include <dlfcn.h>
#include <execinfo.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/guards/names.hpp"
#include "sdk/guards/source_lines.hpp"
#include "sdk/guards/stand_in.hpp"
#include "sdk/workflow/run.hpp"

// A call of workflow code that a replay cannot repeat becomes a sentence that says where it was.

namespace perdure::guards {
namespace {

constexpr std::size_t most_frames = 64;

const void* base_of(const void* address) {
    Dl_info info{};
    return ::dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

// What memory and exceptions need is nobody's decision: an allocator reads clocks and takes locks when it likes.
bool is_runtime(const void* caller, std::string_view called) {
    // Their addresses as the program takes them may be its own entries for them.
    static const void* const allocator = base_of(::dlsym(RTLD_NEXT, "malloc"));
    static const void* const c_library = base_of(::dlsym(RTLD_NEXT, "qsort"));
    const void* base = base_of(caller);
    if (base == allocator && allocator != c_library) return true;
    const std::string module = module_of(caller);
    if (module.find("/libgcc_s.so") != std::string::npos) return true;
    // Locks that the C++ library takes for itself; those of users are taken by code that was compiled with theirs.
    const bool locks = called.starts_with("pthread_mutex_") || called.starts_with("pthread_rwlock_");
    return locks && module.find("/libstdc++.so") != std::string::npos;
}

// An allocator that is linked into the program is known by what it was called for.
bool allocates(const std::string& name) {
    constexpr std::array<std::string_view, 6> functions{"malloc", "calloc", "realloc", "free", "operator new", "operator delete"};
    return std::ranges::find(functions, name) != functions.end();
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_users(const source_line& line, const std::string& name) {
    return !line.in_library && !is_standard(name) && !line.file.starts_with("/usr/");
}

struct culprit {
    std::string called;  // what users know the function by, if that is not its own name
    std::string place;
};

// Where users' code made the call; nothing if it was the SDK's own.
std::optional<culprit> find_culprit(std::span<void* const> frames) {
    culprit found;
    const std::vector<source_line> lines = source_lines(frames);
    if (std::ranges::any_of(lines, [](const source_line& line) { return allocates(readable_name(line.function)); }))
        return std::nullopt;
    for (const source_line& line : lines) {
        const std::string function = readable_name(line.function);
        if (is_perdure(function)) return std::nullopt;
        if (!is_users(line, function)) {
            if (is_standard(function)) found.called = function;
            continue;
        }
        if (line.file.empty() && function.empty()) return found;
        if (!line.file.empty()) found.place = "at " + base_name(line.file) + ":" + std::to_string(line.line);
        if (!function.empty()) found.place += (found.place.empty() ? "in " : " in ") + function;
        return found;
    }
    return found;
}

// The same stack has the same culprit, and to look for it takes a while: a loop, or a task that is tried again, asks often.
std::optional<culprit> known_culprit(std::span<void* const> frames) {
    constexpr std::size_t most_known = 1000;
    static std::mutex guard;
    static auto* const known = new std::map<std::vector<void*>, std::optional<culprit>>;  // outlives threads that were given up
    const std::vector<void*> key(frames.begin(), frames.end());
    {
        const std::lock_guard lock(guard);
        if (const auto found = known->find(key); found != known->end()) return found->second;
    }
    const auto made = find_culprit(frames);
    const std::lock_guard lock(guard);
    if (known->size() >= most_known) known->clear();
    known->emplace(key, made);
    return made;
}

std::string place_of_last_await(const detail::run& owner) {
    const detail::site* last = owner.last_await();
    if (last == nullptr || last->line == 0) return "in workflow " + owner.type().name;
    return std::string("after the await at ") + base_name(last->file) + ":" + std::to_string(last->line) + " in " +
           readable_name(last->function);
}

void tell(detail::run& owner, const char* called, ban reason, const void* caller) {
    if (is_runtime(caller, called)) return;
    std::array<void*, most_frames> frames{};
    const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    const std::span all(frames.data(), static_cast<std::size_t>(std::max(0, count)));
    const auto first = std::ranges::find(all, caller);
    const auto found = known_culprit(all.subspan(static_cast<std::size_t>(first - all.begin())));
    if (!found) return;
    const std::string symbol = readable_name(demangle(called));
    std::string sentence = "workflow code called " + symbol;
    if (!found->called.empty() && found->called != symbol) sentence += " (" + found->called + ")";
    sentence += " " + (found->place.empty() ? place_of_last_await(owner) : found->place);
    sentence += ": " + std::string(remedy(reason));
    owner.trapped(sentence);
}

}  // namespace

void trap(const char* called, ban reason, const void* caller) noexcept {
    detail::run& owner = *detail::guarded_run;
    const detail::free_code ours;
    const int before = errno;
    try {
        // The first mistake of a task fails it; to look for more costs time.
        if (owner.traps_count()) tell(owner, called, reason, caller);
    } catch (...) {
        owner.trapped(std::string("workflow code called ") + called + ": " + std::string(remedy(reason)));
    }
    errno = before;
}

}  // namespace perdure::guards
