#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "flow.hpp"
#include "sdk/guards/guards.hpp"
#include "sdk/workflow/workflow_code.hpp"

namespace shop {
namespace {

using ::testing::ContainsRegex;

std::mutex held;

// Another thread has the lock for a while, and goes away by itself.
void hold_for_a_while(std::thread& other) {
    std::promise<void> taken;
    other = std::thread([&taken] {
        const std::lock_guard lock(held);
        taken.set_value();
        std::condition_variable pause;
        std::mutex own;
        std::unique_lock waiting(own);
        pause.wait_for(waiting, 300ms);
    });
    taken.get_future().wait();
}

void lock_it() { const std::lock_guard lock(held); }

TEST(Waits, ALockThatIsHeldIsTrappedAndAFreeOneIsNot) {
    if (!perdure::guards::available()) GTEST_SKIP() << perdure::guards::why_unavailable();
    EXPECT_EQ(failure_of(place::run, lock_it), "");
    std::thread other;
    const std::string told = failure_of(place::run, [&other] {
        if (!other.joinable()) {
            const perdure::detail::free_code not_the_workflows;
            hold_for_a_while(other);
        }
        lock_it();
    });
    other.join();
    EXPECT_THAT(told, ContainsRegex("pthread_mutex_lock \\(std::.*\\) at waits_test.cpp.*ctx.wait_until"));
}

TEST(Waits, AConditionVariableIsTrappedAndWorksAllTheSame) {
    if (!perdure::guards::available()) GTEST_SKIP() << perdure::guards::why_unavailable();
    std::condition_variable changed;
    bool done = false;
    std::thread other;
    int woken = 0;
    const std::string told = failure_of(place::run, [&] {
        std::unique_lock lock(held);
        if (!other.joinable()) {
            const perdure::detail::free_code not_the_workflows;
            other = std::thread([&] {
                const std::lock_guard own(held);
                done = true;
                changed.notify_all();
            });
        }
        changed.wait_for(lock, 20s, [&] { return done; });
        woken += done ? 1 : 0;
    });
    other.join();
    EXPECT_GT(woken, 0);
    EXPECT_THAT(told, ContainsRegex("clock_gettime \\(std::condition_variable::wait_for\\)"));
}

}  // namespace
}  // namespace shop
