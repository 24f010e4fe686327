#include "sdk/worker/relieved_loop.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

namespace perdure::detail {
namespace {

// Without errands for this many looks the second thread goes to sleep, and the next errand has to wake it.
constexpr int looks_before_sleep = 100;
constexpr std::chrono::seconds longest_goodbye{1};

bool is_away(std::uint64_t departures) { return departures % 2 == 1; }

}  // namespace

struct relieved_loop::shared_state {
    shared_state(parts given, std::chrono::milliseconds longest_errand) : loop(std::move(given)), look_every(longest_errand) {}

    parts loop;
    std::chrono::milliseconds look_every;
    /// Odd while the loop's thread is on an errand. Whoever makes it even has the loop: the thread that comes back, or the one
    /// that relieves it.
    std::atomic<std::uint64_t> departures{0};
    std::atomic<bool> asleep{true};
    std::mutex mutex;
    std::condition_variable woken;
    std::condition_variable came_back;
    std::thread leader;
    std::thread second;
    bool over = false;
    int left_behind = 0;
};

relieved_loop::relieved_loop(parts given, std::chrono::milliseconds longest_errand)
    : state_(std::make_shared<shared_state>(std::move(given), longest_errand)) {
    const std::lock_guard lock(state_->mutex);
    state_->second = std::thread([state = state_] { stand_by(state); });
    state_->leader = std::thread([state = state_] { lead(state); });
}

relieved_loop::~relieved_loop() {
    std::unique_lock lock(state_->mutex);
    state_->woken.wait(lock, [this] { return state_->over; });
    auto leader = std::move(state_->leader);
    auto second = std::move(state_->second);
    lock.unlock();
    leader.join();
    second.join();
    lock.lock();
    state_->came_back.wait_for(lock, longest_goodbye, [this] { return state_->left_behind == 0; });
}

void relieved_loop::lead(const std::shared_ptr<shared_state>& state) {
    while (state->loop.turn()) {
        while (const errand work = state->loop.next_errand()) {
            if (run(*state, work)) continue;
            const std::lock_guard lock(state->mutex);
            --state->left_behind;
            state->came_back.notify_all();
            return;
        }
    }
    const std::lock_guard lock(state->mutex);
    state->over = true;
    state->woken.notify_all();
}

/// False when another thread has taken over the loop meanwhile.
bool relieved_loop::run(shared_state& state, const errand& work) {
    std::uint64_t departure = state.departures.fetch_add(1) + 1;
    if (state.asleep.load()) {
        const std::lock_guard lock(state.mutex);
        state.asleep.store(false);
        state.woken.notify_all();
    }
    std::function<void()> outcome = work();
    const bool in_time = state.departures.compare_exchange_strong(departure, departure + 1);
    if (outcome && in_time) outcome();
    if (outcome && !in_time) state.loop.bring_home(std::move(outcome));
    return in_time;
}

void relieved_loop::stand_by(const std::shared_ptr<shared_state>& state) {
    std::unique_lock lock(state->mutex);
    std::uint64_t seen = 0;
    int looks = 0;
    while (!state->over) {
        if (state->asleep.load()) {
            state->woken.wait(lock, [&] { return state->over || !state->asleep.load(); });
            looks = 0;
        }
        state->woken.wait_for(lock, state->look_every, [&] { return state->over; });
        std::uint64_t now = state->departures.load();
        looks = now == seen ? looks + 1 : 0;
        const bool waited = looks > 0;
        seen = now;
        if (!is_away(now)) {
            if (looks < looks_before_sleep) continue;
            // In this order, as a departure asks who sleeps only after it has been counted.
            state->asleep.store(true);
            if (state->departures.load() != now) state->asleep.store(false);
        } else if (waited && state->departures.compare_exchange_strong(now, now + 1)) {
            lock.unlock();
            return take_over(state);
        }
    }
}

void relieved_loop::take_over(const std::shared_ptr<shared_state>& state) {
    {
        const std::lock_guard lock(state->mutex);
        ++state->left_behind;
        // It must not hold up the end of the process.
        state->leader.detach();
        state->leader = std::move(state->second);
        state->second = std::thread([state] { stand_by(state); });
    }
    lead(state);
}

}  // namespace perdure::detail
