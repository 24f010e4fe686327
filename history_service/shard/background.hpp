#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace perdure::history {

/// Where a shard sends what may block: commits, and reads that may take long.
class background {
  public:
    background() = default;
    background(const background&) = delete;
    background& operator=(const background&) = delete;
    virtual ~background() = default;

    /// Runs `work` somewhere, one after the other in the order given, and then `then` on the shard's own thread.
    virtual void run(std::function<void()> work, std::function<void()> then) = 0;
    /// The same for work that may be done on the shard's own thread, if that is sooner; not before the caller has returned, and
    /// not after work that was given before.
    virtual void run_small(std::function<void()> work, std::function<void()> then) { run(std::move(work), std::move(then)); }
};

/// Runs everything at once, on the caller's thread: for tests, the simulator and one-shot tools.
class inline_background final : public background {
  public:
    void run(std::function<void()> work, std::function<void()> then) override {
        work();
        then();
    }
};

/// Runs the work on a thread of its own and hands what follows to `post`, which must bring it to the shard's thread, in
/// order, and may be called from any thread.
class thread_background final : public background {
  public:
    using post_function = std::function<void(std::function<void()>)>;

    explicit thread_background(post_function post);
    /// Finishes the work that was given, posts what follows it, and ends the thread.
    ~thread_background() override;

    void run(std::function<void()> work, std::function<void()> then) override;

  private:
    struct job {
        std::function<void()> work;
        std::function<void()> then;
    };
    void loop();

    post_function post_;
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace perdure::history
