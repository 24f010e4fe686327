#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>

namespace perdure::detail {

class run;

/// A place in the user's source. The strings are literals.
struct site {
    const char* file = "";
    const char* function = "";
    std::uint32_t line = 0;
};

/// Somebody who waits for one thing. Embedded in coroutine frames; the run never owns one.
struct waiter {
    using wake_function = void (*)(waiter& self, run& owner, bool front) noexcept;
    wake_function wake = nullptr;
};

enum class frame_state : std::uint8_t { created, queued, running, suspended, finished };

/// What a suspended frame waits for. Only diagnostics read it.
enum class wait_kind : std::uint8_t { nothing, operation, task, combinator, branch, forever };

/// The part of every workflow coroutine's promise that does not depend on its result. The run links all frames in the order of
/// their creation and is the only one that resumes and destroys them.
struct frame_base : waiter {
    frame_base();
    ~frame_base();
    frame_base(const frame_base&) = delete;
    frame_base& operator=(const frame_base&) = delete;

    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;

    void unhandled_exception() noexcept;

    std::coroutine_handle<> self{};
    run* owner = nullptr;
    frame_base* older = nullptr;
    frame_base* newer = nullptr;
    frame_base* parent = nullptr;  // the frame that awaits this one, or that started the branch it is the root of
    waiter* on_done = nullptr;
    std::exception_ptr error{};
    site waiting_at{};                  // the await that suspended it
    const void* waiting_for = nullptr;  // of a task: its frame; of a combinator: its combine
    std::uint32_t waiting_op = 0;       // of an operation: its row
    std::uint32_t branch = 0;           // the branch of the run that it belongs to
    frame_state state = frame_state::created;
    bool has_branches = false;  // has started branches, whose roots name it as their parent
    bool begun = false;         // has run at least once
    wait_kind waiting = wait_kind::nothing;
};

/// Suspends a frame for good and tells whoever waits for it.
struct final_awaiter {
    static bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
        finished(frame.promise());
    }
    static void await_resume() noexcept {}

  private:
    static void finished(frame_base& frame) noexcept;
};

/// `parent` suspends until `child` has finished; `child` runs next.
void await_child(frame_base& child, frame_base& parent, const site& where) noexcept;

/// The result of a finished frame was taken: it is destroyed before the next step.
void release_frame(frame_base& frame) noexcept;

/// Throws misuse_error: a task was awaited, spawned or combined twice, or had been moved from.
[[noreturn]] void refuse_empty_task();

}  // namespace perdure::detail
