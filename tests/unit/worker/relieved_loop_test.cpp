#include "sdk/worker/relieved_loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <thread>
#include <vector>

namespace perdure::detail {
namespace {

using namespace std::chrono_literals;

/// A loop that waits for what it is told to do in its turns, and for errands.
class told_loop {
  public:
    explicit told_loop(std::chrono::milliseconds patience)
        : loop_(std::in_place,
                relieved_loop::parts{.turn = [this] { return turn(); },
                                     .next_errand = [this] { return std::exchange(errand_, nullptr); },
                                     .bring_home = [this](std::function<void()> outcome) { tell(std::move(outcome)); }},
                patience) {}
    ~told_loop() { end(); }
    told_loop(const told_loop&) = delete;
    told_loop& operator=(const told_loop&) = delete;

    void tell(std::function<void()> what) {
        {
            const std::lock_guard lock(mutex_);
            told_.push_back(std::move(what));
        }
        ready_.notify_one();
    }
    void send(errand what) {
        tell([this, what = std::move(what)] { errand_ = what; });
    }
    /// Where the loop is turned just now.
    std::thread::id thread() {
        std::thread::id seen;
        std::binary_semaphore answered{0};
        tell([&] {
            seen = std::this_thread::get_id();
            answered.release();
        });
        answered.acquire();
        return seen;
    }
    void end() {
        if (!loop_) return;
        tell([this] { over_ = true; });
        loop_.reset();
    }

  private:
    bool turn() {
        EXPECT_FALSE(turning_.exchange(true)) << "two threads turn the loop";
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return !told_.empty(); });
        const auto what = std::move(told_.front());
        told_.pop_front();
        lock.unlock();
        what();
        turning_ = false;
        return !over_;
    }

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> told_;
    std::atomic<bool> turning_{false};
    // Of whoever turns the loop.
    errand errand_;
    bool over_ = false;
    std::optional<relieved_loop> loop_;
};

TEST(RelievedLoop, RunsAnErrandItselfAndItsOutcomeBeforeTheNextTurn) {
    told_loop loop(10s);
    const auto turned_by = loop.thread();
    std::vector<std::thread::id> ran_on;
    loop.send([&] {
        ran_on.push_back(std::this_thread::get_id());
        return [&] { ran_on.push_back(std::this_thread::get_id()); };
    });
    loop.send([&]() -> std::function<void()> {
        ran_on.push_back(std::this_thread::get_id());
        return nullptr;
    });
    EXPECT_EQ(loop.thread(), turned_by);
    EXPECT_EQ(ran_on, std::vector(3, turned_by));
}

TEST(RelievedLoop, GoesOnOnAnotherThreadWhileAnErrandBlocks) {
    std::binary_semaphore release{0};
    std::binary_semaphore home{0};
    std::thread::id told_on;
    // It ends before what its errands use.
    told_loop loop(1ms);
    const auto first = loop.thread();
    loop.send([&] {
        release.acquire();
        return [&] {
            told_on = std::this_thread::get_id();
            home.release();
        };
    });
    const auto second = loop.thread();
    EXPECT_NE(second, first);
    release.release();
    home.acquire();
    EXPECT_EQ(told_on, second) << "the outcome belongs to whoever turns the loop now";

    // The one that took over is relieved in its turn.
    loop.send([&] {
        release.acquire();
        return std::function<void()>();
    });
    const auto third = loop.thread();
    EXPECT_NE(third, second);
    release.release();
}

TEST(RelievedLoop, IsEndedByTheThreadThatTookItOver) {
    std::binary_semaphore release{0};
    std::atomic<bool> left{false};
    std::optional<told_loop> loop(std::in_place, 1ms);
    loop->send([&] {
        release.acquire();
        left = true;
        return std::function<void()>();
    });
    (void)loop->thread();
    // The end waits for the errand that was left behind, which is let go only once the loop is over.
    loop->tell([&] { release.release(); });
    loop.reset();
    EXPECT_TRUE(left);
}

TEST(RelievedLoop, LosesNoOutcomeAndDoublesNoneWhenErrandsEndAsTheyAreRelieved) {
    constexpr int errands = 300;
    std::multiset<int> outcomes;
    {
        told_loop loop(1ms);
        std::counting_semaphore<errands> done{0};
        for (int number = 0; number < errands; ++number) {
            loop.send([&, number] {
                // Around the moment at which it is given up.
                const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(number * 10);
                while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                return [&, number] {
                    outcomes.insert(number);
                    done.release();
                };
            });
        }
        for (int number = 0; number < errands; ++number) done.acquire();
    }
    std::multiset<int> each_once;
    for (int number = 0; number < errands; ++number) each_once.insert(each_once.end(), number);
    EXPECT_EQ(outcomes, each_once);
}

}  // namespace
}  // namespace perdure::detail
