#include "sdk/worker/activity_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace perdure::detail {

struct activity_pool::shared_state {
    std::mutex mutex;
    std::condition_variable ready;
    std::condition_variable ended;
    std::deque<std::function<void()>> queue;
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool stopping = false;
};

activity_pool::activity_pool(std::size_t max_threads) : state_(std::make_shared<shared_state>()), max_threads_(max_threads) {}

activity_pool::~activity_pool() {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->queue.clear();
    state_->ready.notify_all();
    state_->ended.wait_for(lock, std::chrono::seconds(1), [this] { return state_->threads == 0; });
}

void activity_pool::submit(std::function<void()> work) {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(work));
    if (state_->idle < state_->queue.size() && state_->threads < max_threads_) {
        ++state_->threads;
        // Detached: a thread whose activity ignores every request to stop must not hold up the end of the process.
        std::thread([state = state_] { run(state); }).detach();
    } else {
        state_->ready.notify_one();
    }
}

void activity_pool::run(const std::shared_ptr<shared_state>& state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        ++state->idle;
        state->ready.wait(lock, [&] { return state->stopping || !state->queue.empty(); });
        --state->idle;
        if (state->queue.empty()) break;
        auto work = std::move(state->queue.front());
        state->queue.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
    --state->threads;
    state->ended.notify_all();
}

}  // namespace perdure::detail
