#include <cstddef>

#include <perdure/errors.hpp>

#include "api/assert.hpp"
#include "perdure/detail/frame.hpp"
#include "sdk/workflow/run.hpp"

// Coroutine frames: where they live, how they are linked, and what happens when one has finished.

namespace perdure::detail {
namespace {

// Before each frame: where its memory goes back to. 16 bytes keep the frame aligned.
struct alignas(16) frame_header {
    arena* home;
};

void wake_frame(waiter& self, run& owner, bool front) noexcept {
    auto& frame = static_cast<frame_base&>(self);
    frame.waiting = wait_kind::nothing;
    frame.waiting_for = nullptr;
    owner.make_ready(frame, front);
}

}  // namespace

[[gnu::noinline]] void* frame_base::operator new(std::size_t size) {
    run* owner = current_run();
    if (owner == nullptr) {
        throw misuse_error("a workflow coroutine was called outside of a workflow: only workflow code may call it");
    }
    auto* header = static_cast<frame_header*>(owner->memory().allocate(size + sizeof(frame_header), 16));
    header->home = &owner->memory();
    return header + 1;
}

void frame_base::operator delete(void* memory, std::size_t size) noexcept {
    frame_header* header = static_cast<frame_header*>(memory) - 1;
    header->home->deallocate(header, size + sizeof(frame_header), 16);
}

frame_base::frame_base() : waiter{&wake_frame} {
    owner = current_run();
    owner->link(*this);
}

frame_base::~frame_base() { owner->unlink(*this); }

void frame_base::unhandled_exception() noexcept {
    error = std::current_exception();
    owner->note_throw(*this);
}

void final_awaiter::finished(frame_base& frame) noexcept {
    frame.state = frame_state::finished;
    frame.owner->frame_done(frame);
}

void await_child(frame_base& child, frame_base& parent, const site& where) noexcept {
    run& owner = *parent.owner;
    PERDURE_ASSERT(child.owner == &owner && child.state == frame_state::created,
                   "a task is awaited in the run that made it, and before it has started");
    child.parent = &parent;
    child.on_done = &parent;
    child.branch = parent.branch;
    parent.waiting_at = where;
    parent.waiting = wait_kind::task;
    parent.waiting_for = &child;
    parent.state = frame_state::suspended;
    owner.make_ready(child, true);
}

void release_frame(frame_base& frame) noexcept { frame.owner->reap_later(frame); }

void refuse_empty_task() {
    misuse_error error("a task was used twice: a task is awaited, spawned or combined once, and is empty afterwards");
    if (run* owner = current_run()) owner->remember_misuse(std::make_exception_ptr(error));
    throw error;
}

}  // namespace perdure::detail
