#include <condition_variable>
#include <mutex>
#include <utility>

#include "perdure/activity.hpp"
#include "perdure/errors.hpp"
#include "sdk/activity/activity_session.hpp"

namespace perdure {

activity_context::activity_context(std::shared_ptr<detail::activity_session> session) noexcept : session_(std::move(session)) {}
activity_context::~activity_context() = default;

const activity_info& activity_context::info() const noexcept { return session_->info(); }

std::string activity_context::idempotency_key() const { return info().run_id + "/" + info().activity_id; }

std::string activity_context::fencing_token() const { return idempotency_key() + "/" + std::to_string(attempt()); }

std::stop_token activity_context::stop_token() const noexcept { return session_->stop_token(); }

void activity_context::throw_if_stopped() const {
    if (stop_requested()) throw cancelled_error(session_->stop_reason());
}

void activity_context::sleep(std::chrono::milliseconds duration) const {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop_token(), duration, [] { return false; });
    throw_if_stopped();
}

void activity_context::complete_later() noexcept { session_->complete_later(); }

void activity_context::log(log_level level, std::string_view message, std::initializer_list<kv> fields) const {
    if (session_->hooks().log) session_->hooks().log(info(), level, message, fields);
}

void activity_context::record(std::vector<raw_payload> details) {
    if (session_->hooks().heartbeat) session_->hooks().heartbeat(std::move(details));
}

const std::vector<raw_payload>& activity_context::last_details() const noexcept { return session_->last_heartbeat(); }

}  // namespace perdure
