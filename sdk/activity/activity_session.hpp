#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/proto.hpp"
#include "perdure/activity.hpp"

namespace perdure::detail {

/// What an activity reaches the worker by. The functions are called on the activity's threads, several at once.
struct activity_hooks {
    std::function<void(std::vector<raw_payload> details)> heartbeat;
    std::function<void(const activity_info& about, log_level level, std::string_view message, std::initializer_list<kv> fields)>
        log;
    /// A boost::asio::io_context; null where no awaitable activity can run.
    void* io = nullptr;
};

/// One attempt of an activity while it runs. Thread safe.
class activity_session {
  public:
    activity_session(activity_info info, std::vector<raw_payload> last_heartbeat, activity_hooks hooks);

    [[nodiscard]] const activity_info& info() const noexcept { return info_; }
    [[nodiscard]] const std::vector<raw_payload>& last_heartbeat() const noexcept { return last_heartbeat_; }
    [[nodiscard]] const activity_hooks& hooks() const noexcept { return hooks_; }

    [[nodiscard]] std::stop_token stop_token() const noexcept { return stop_.get_token(); }
    /// Asks the activity to stop. `requested` says that its workflow wants that, so that stopping is the right answer.
    void stop(std::string reason, bool requested);
    [[nodiscard]] std::string stop_reason() const;
    [[nodiscard]] bool cancel_requested() const noexcept { return cancel_requested_.load(); }

    void complete_later() noexcept { completes_later_.store(true); }
    [[nodiscard]] bool completes_later() const noexcept { return completes_later_.load(); }

  private:
    activity_info info_;
    std::vector<raw_payload> last_heartbeat_;
    activity_hooks hooks_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::string stop_reason_;
    std::atomic<bool> cancel_requested_{false};
    std::atomic<bool> completes_later_{false};
};

/// What a task says about its activity.
[[nodiscard]] activity_info info_of(const pb::service::PollActivityTaskQueueResponse& task, std::string task_queue);

}  // namespace perdure::detail
