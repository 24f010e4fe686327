#include "server/runtime/measured_background.hpp"

#include <time.h>

#include <algorithm>
#include <utility>

namespace perdure::server {
namespace {

// To a thread and back takes about a tenth of this: what is not much longer is done sooner without it, and what is longer
// would hold up everybody else.
constexpr std::chrono::microseconds quick{500};

// What this thread has worked, its waits left out.
std::chrono::nanoseconds worked() {
    ::timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

measured_background::measured_background(std::string operation, metrics& measured, place where,
                                         history::thread_background::post_function post)
    : operation_(std::move(operation)),
      place_(where),
      measured_(measured),
      post_(post),
      last_took_(quick * 2),
      thread_(std::move(post)) {}

void measured_background::run(std::function<void()> work, std::function<void()> then) {
    ++under_way_;
    thread_.run(
        [this, work = std::move(work)] {
            const auto worked_before = worked();
            const auto took = measure(work);
            last_waited_.store(std::max(took - (worked() - worked_before), std::chrono::nanoseconds(0)));
        },
        [this, then = std::move(then)] { finish(then); });
}

void measured_background::run_small(std::function<void()> work, std::function<void()> then) {
    if (place_ == place::apart || under_way_ > 0 || aside_ > 0 || last_took_.load() > quick)
        return run(std::move(work), std::move(then));
    ++under_way_;
    post_([this, work = std::move(work), then = std::move(then)] {
        // As good as all of it is a wait, and to ask for more costs two system calls.
        last_waited_.store(measure(work));
        finish(then);
    });
}

void measured_background::run_aside(std::function<void()> work, std::function<void()> then) {
    ++aside_;
    thread_.run(std::move(work), [this, then = std::move(then)] {
        --aside_;
        then();
    });
}

std::chrono::nanoseconds measured_background::measure(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    last_took_.store(took);
    measured_.count("persistence_requests", {{"operation", operation_}});
    measured_.observe("persistence_latency", {{"operation", operation_}}, std::chrono::duration<double>(took).count());
    return took;
}

void measured_background::finish(const std::function<void()>& then) {
    --under_way_;
    if (waited_) waited_(last_waited_.load());
    then();
}

}  // namespace perdure::server
