#include "history_service/shard/background.hpp"

#include <utility>

namespace perdure::history {

thread_background::thread_background(post_function post) : post_(std::move(post)), thread_([this] { loop(); }) {}

thread_background::~thread_background() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_one();
    thread_.join();
}

void thread_background::run(std::function<void()> work, std::function<void()> then) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back({std::move(work), std::move(then)});
    }
    ready_.notify_one();
}

void thread_background::loop() {
    for (;;) {
        job next;
        {
            std::unique_lock lock(mutex_);
            ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            next = std::move(jobs_.front());
            jobs_.pop_front();
        }
        next.work();
        post_(std::move(next.then));
    }
}

}  // namespace perdure::history
