#include "cli/lease_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>

#include "history_service/store/lease.hpp"
#include "server/tenure/acquire.hpp"
#include "server/tenure/owner_name.hpp"

namespace perdure::cli {
namespace {

constexpr std::chrono::milliseconds lease_duration{10'000};
constexpr std::chrono::milliseconds longest_wait{10'000};

}  // namespace

result<std::unique_ptr<lease_keeper>> lease_keeper::take(history::store& rows) {
    const std::string owner = server::owner_name("fsck");
    const auto first = server::acquire_lease(rows, owner, lease_duration);
    // The lease of another machine's server that was killed runs out in a moment; one that lives renews it meanwhile.
    if (const auto* holder = first ? std::get_if<history::lease_holder>(&*first) : nullptr)
        std::this_thread::sleep_for(std::min(holder->remaining + std::chrono::milliseconds(50), longest_wait));
    auto lease = history::take_lease(rows, owner, lease_duration);
    if (!lease) return std::move(lease.error());
    return std::unique_ptr<lease_keeper>(new lease_keeper(rows, lease->epoch));
}

lease_keeper::lease_keeper(history::store& rows, std::int64_t epoch) : rows_(rows), epoch_(epoch), thread_([this] { keep(); }) {}

lease_keeper::~lease_keeper() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
    // Should it fail, the lease runs out by itself.
    if (!lost_) (void)rows_.release_lease(epoch_);
}

std::optional<service_failure> lease_keeper::lost() {
    const std::lock_guard lock(mutex_);
    return lost_;
}

void lease_keeper::keep() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, lease_duration / 5, [this] { return ending_; })) {
        lock.unlock();
        const auto renewed = rows_.renew_lease(epoch_);
        lock.lock();
        if (renewed || renewed.error().retryable()) continue;
        lost_ = renewed.error();
        return;
    }
}

}  // namespace perdure::cli
