#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <perdure/contract.hpp>
#include <perdure/log.hpp>
#include <perdure/payload.hpp>

namespace perdure {

namespace detail {
class activity_session;
}

/// Which activity this is, for logs and keys.
struct activity_info {
    /// The namespace.
    std::string space;
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string activity_type;
    std::string activity_id;
    std::string task_queue;
    /// 1 for the first attempt.
    int attempt = 1;
    wall_time scheduled_at{};
    wall_time attempt_scheduled_at{};
    wall_time started_at{};
    /// Zero means no limit.
    std::chrono::milliseconds start_to_close{};
    std::chrono::milliseconds schedule_to_close{};
    std::chrono::milliseconds heartbeat_timeout{};
    /// Lets another process complete the activity; see `complete_later` and `client::complete_activity`.
    std::string task_token;
};

/// What a running activity knows and can say. An activity that wants it takes `perdure::activity_context&` first.
///
/// Real threads, real time: unlike workflow code, an activity may do anything. All members are thread safe. The context is
/// valid until the activity returns, or until the awaitable that it returned is done.
class activity_context {
  public:
    explicit activity_context(std::shared_ptr<detail::activity_session> session) noexcept;
    ~activity_context();
    activity_context(const activity_context&) = delete;
    activity_context& operator=(const activity_context&) = delete;

    [[nodiscard]] const activity_info& info() const noexcept;

    /// Counts from 1.
    [[nodiscard]] int attempt() const noexcept { return info().attempt; }

    /// Names this step of this run, the same in every attempt: hand it to whatever the activity acts upon, so that an attempt
    /// that was cut off after it took effect is recognised when it is repeated.
    [[nodiscard]] std::string idempotency_key() const;

    /// Names this very attempt. Whoever stores the highest one seen can refuse an attempt that was given up.
    [[nodiscard]] std::string fencing_token() const;

    /// Requested when the workflow cancels the activity, when the attempt is no longer wanted, and at the end of a drain. An
    /// activity that stops because of it throws `cancelled_error` (see `throw_if_stopped`).
    [[nodiscard]] std::stop_token stop_token() const noexcept;
    [[nodiscard]] bool stop_requested() const noexcept { return stop_token().stop_requested(); }

    /// Throws cancelled_error with the reason once a stop was requested.
    void throw_if_stopped() const;

    /// Waits, or throws cancelled_error as soon as a stop is requested.
    void sleep(std::chrono::milliseconds duration) const;

    /// Tells the server that the activity is alive, and how far it is. Cheap: calls are throttled, and the last details are
    /// never lost: they go with a failure, and the next attempt gets them by `last_heartbeat`.
    template <payload T>
    void heartbeat(const T& details) {
        std::vector<raw_payload> list;
        list.push_back(encode(details));
        record(std::move(list));
    }
    void heartbeat() { record({}); }

    /// The details that the attempt before this one reported last. Throws payload_error if they are no T.
    template <payload T>
    [[nodiscard]] std::optional<T> last_heartbeat() const {
        const std::vector<raw_payload>& details = last_details();
        if (details.empty()) return std::nullopt;
        return decode<T>(details.front());
    }

    /// What this function returns is not the activity's result: another process completes it, by `client::complete_activity`
    /// or `perdure activity complete`. The timeouts go on.
    void complete_later() noexcept;

    /// Writes a line to the worker's log, with the activity's ids.
    void log(log_level level, std::string_view message, std::initializer_list<kv> fields = {}) const;
    template <class... Fields>
        requires(std::same_as<std::remove_cvref_t<Fields>, kv> && ...) && (sizeof...(Fields) > 0)
    void log(log_level level, std::string_view message, const Fields&... fields) const {
        log(level, message, std::initializer_list<kv>{fields...});
    }

    /// What the SDK's own adapters reach the worker by.
    [[nodiscard]] detail::activity_session& session() const noexcept { return *session_; }

  private:
    void record(std::vector<raw_payload> details);
    [[nodiscard]] const std::vector<raw_payload>& last_details() const noexcept;

    std::shared_ptr<detail::activity_session> session_;
};

}  // namespace perdure
