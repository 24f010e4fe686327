#pragma once

#include <dlfcn.h>

#include <atomic>

#include "sdk/guards/remedies.hpp"
#include "sdk/workflow/workflow_code.hpp"

// What the stand-ins for functions of the C library have in common. A program that links them calls them instead, also from
// inside of shared libraries; they forward to the function that comes next in the order of the loader.

namespace perdure::guards {

/// Workflow code called a function: finds out where, and fails the task. Does nothing when the call turns out to be the doing
/// of the SDK, the allocator or the compiler's runtime. `caller` is the return address of the stand-in.
[[gnu::cold, gnu::noinline]] void trap(const char* called, ban reason, const void* caller) noexcept;

/// The function that a stand-in stands for. Looked up at the first call, which may come before any constructor has run.
template <class Function>
class next_function {
  public:
    constexpr explicit next_function(const char* name) noexcept : name_(name) {}

    Function* get() noexcept {
        Function* known = found_.load(std::memory_order_relaxed);
        if (known == nullptr) [[unlikely]] {
            known = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name_));
            found_.store(known, std::memory_order_relaxed);
        }
        return known;
    }

  private:
    const char* name_;
    std::atomic<Function*> found_{nullptr};
};

}  // namespace perdure::guards

/// Defines the stand-in for a function: PERDURE_STAND_IN(ban, result, name, (parameters), (arguments), exception specification)
#define PERDURE_STAND_IN(reason, result, name, parameters, arguments, ...)                           \
    extern "C" result name parameters __VA_ARGS__ {                                                  \
        static constinit perdure::guards::next_function<result parameters> next{#name};              \
        if (perdure::detail::guarded_run != nullptr) [[unlikely]]                                    \
            perdure::guards::trap(#name, perdure::guards::ban::reason, __builtin_return_address(0)); \
        return next.get() arguments;                                                                 \
    }
