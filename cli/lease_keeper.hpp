#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "history_service/store/store.hpp"

namespace perdure::cli {

/// Holds the lease of a store for as long as a command needs it, so that no server writes meanwhile, and gives it back.
class lease_keeper {
  public:
    /// Waits once for a lease that another one holds, in case nobody renews it. Error: unavailable, naming the server that does.
    [[nodiscard]] static result<std::unique_ptr<lease_keeper>> take(history::store& rows);
    ~lease_keeper();
    lease_keeper(const lease_keeper&) = delete;
    lease_keeper& operator=(const lease_keeper&) = delete;

    /// Why it was lost on the way, if it was.
    [[nodiscard]] std::optional<service_failure> lost();

  private:
    lease_keeper(history::store& rows, std::int64_t epoch);
    void keep();

    history::store& rows_;
    std::int64_t epoch_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<service_failure> lost_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace perdure::cli
