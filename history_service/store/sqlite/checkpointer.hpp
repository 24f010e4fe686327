#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "history_service/store/sqlite/connection.hpp"

namespace perdure::history::sqlite {

/// Moves pages from the write-ahead log into the database on a thread and a connection of its own, beside the commits.
///
/// Under load the log grows meanwhile, so a pass never comes to its end: whoever commits finishes it when the pass is over, and
/// has only the pages of the last moments to move. A pass that fails is no failure of anybody: then there is more to finish.
class checkpointer {
  public:
    explicit checkpointer(const std::string& path);
    checkpointer(const checkpointer&) = delete;
    checkpointer& operator=(const checkpointer&) = delete;
    /// Waits for a pass that is under way.
    ~checkpointer();

    enum class step : std::uint8_t { idle, passing, passed };
    [[nodiscard]] step at();
    /// Begins a pass. It must be idle.
    void begin();
    /// What the pass left is finished. It must have passed.
    void end();

  private:
    void loop();
    void go(step from, step to);

    connection db_;
    std::mutex mutex_;
    std::condition_variable changed_;
    step at_ = step::idle;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace perdure::history::sqlite
