#include <algorithm>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/run.hpp"

// What runs next: the queue, the conditions, and how a run ends.

namespace perdure::detail {

void run::make_ready(frame_base& frame, bool front) {
    frame.state = frame_state::queued;
    if (front) {
        ready_.push_front(&frame);
    } else {
        ready_.push_back(&frame);
    }
}

void run::drain() {
    const run_guard guard(*this);
    while (!fatal_) {
        if (!ready_.empty()) {
            frame_base* next = ready_.front();
            ready_.pop_front();
            step(*next);
        } else if (!fire_one_condition()) {
            return;
        }
    }
}

void run::step(frame_base& frame) {
    if (observer_ != nullptr) observer_->resuming(frame, frame.waiting_at);
    current_ = &frame;
    frame.state = frame_state::running;
    frame.begun = true;
    {
        const workflow_code users(*this);
        frame.self.resume();
    }
    current_ = nullptr;
    reap();
}

void run::reap_later(frame_base& frame) { dead_.push_back(&frame); }

void run::reap() noexcept {
    while (!dead_.empty()) {
        frame_base* frame = dead_.back();
        dead_.pop_back();
        frame->self.destroy();
    }
}

bool run::fire_one_condition() {
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
        const std::uint32_t index = conditions_[i];
        const slot& row = slots_.at(index);
        bool fires = false;
        if (row.kind == slot_kind::handlers_idle) {
            fires = handlers_ == 0;
        } else {
            const condition test = row.test;
            try {
                const workflow_code users(*this);
                fires = test.test(test.closure);
            } catch (...) {
                fail_task(std::current_exception());
                return false;
            }
        }
        if (fatal_) return false;
        if (fires) {
            settle(index);
            return true;
        }
    }
    return false;
}

void run::frame_done(frame_base& frame) noexcept {
    if (frame.on_done != nullptr) {
        waiter* waiting = std::exchange(frame.on_done, nullptr);
        waiting->wake(*waiting, *this, true);
    } else {
        branch_finished(frame.branch, true);
    }
}

void run::note_throw(const frame_base& frame) noexcept {
    if (last_thrown_ == frame.error) return;  // seen already, further down
    last_thrown_ = frame.error;
    thrown_at_.clear();
    for (const frame_base* at = &frame; at != nullptr; at = at->parent) thrown_at_.push_back(at->waiting_at);
}

site run::left_at(const std::exception_ptr& error) const noexcept {
    return error == last_thrown_ && !thrown_at_.empty() ? thrown_at_.front() : site{};
}

void run::end_activation() {
    const run_guard guard(*this);
    if (foreign_thread_.load(std::memory_order_relaxed)) {
        fail_task(
            std::make_exception_ptr(misuse_error("the workflow's context was used on another thread; only its own coroutines may "
                                                 "use it: do such work in activities")));
    }
    if (fatal_ || closed_) return;
    if (failed_early_) {
        closed_ = closing{.kind = closing::how::failed, .error = failed_early_, .at = left_at(failed_early_)};
    } else if (successor_) {
        if (handlers_ == 0 && losers_ == 0)
            closed_ = closing{.kind = closing::how::continued, .content = *std::move(successor_), .at = continued_at_};
    } else if (branches_.at(0).finished && losers_ == 0) {
        close_finished();
    }
    if (closed_) warn_of_loose_ends();
}

void run::close_finished() {
    frame_base& root = *branches_.at(0).root;
    std::exception_ptr error = root.error;
    for (std::uint32_t index = 1; !error && index < branches_.size(); ++index) {
        const branch_node& row = branches_.at(index);
        if (row.live && row.kind == branch_kind::spawned && row.finished && !row.taken) error = row.root->error;
    }
    if (!error) {
        try {
            closed_ = closing{.kind = closing::how::completed, .content = type_.result(root), .at = root.waiting_at};
        } catch (...) {
            fail_task(std::current_exception());
        }
        return;
    }
    const bool cancelled = scopes_.at(0).cancelled && ended_by_cancel(error);
    closed_ = closing{.kind = cancelled ? closing::how::cancelled : closing::how::failed, .error = error, .at = left_at(error)};
}

void run::warn_of_loose_ends() {
    if (handlers_ > 0) {
        const kv fields[]{kv("handlers", handlers_)};
        warn(
            "the run ended while signal handlers were still running; await ctx.handlers_idle() before the end, or bind them with "
            ".abandon_ok()",
            fields);
    }
    std::size_t never_started = 0;
    for (const frame_base* frame = oldest_; frame != nullptr; frame = frame->newer) {
        if (frame->state == frame_state::created) ++never_started;
    }
    if (never_started > 0) {
        const kv fields[]{kv("tasks", never_started)};
        warn("tasks were made and never awaited, spawned or combined: their code did not run", fields);
    }
}

}  // namespace perdure::detail
