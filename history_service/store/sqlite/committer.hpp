#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "history_service/store/rows.hpp"
#include "history_service/store/sqlite/backlog.hpp"
#include "history_service/store/sqlite/commit_checks.hpp"
#include "history_service/store/sqlite/commit_log.hpp"
#include "history_service/store/sqlite/connection.hpp"
#include "history_service/store/sqlite/writer.hpp"

namespace perdure::history::sqlite {

struct committer_options {
    std::string path;
    /// The VFS of the log, as of the tables.
    std::string vfs;
    /// What one of the log's two files takes.
    std::size_t log_file_bytes = 0;
    /// Commits are applied on a thread of its own, this long after the first of them; without one, when somebody asks for
    /// them and when there is no room for more.
    bool apart = true;
    std::chrono::milliseconds gather{1'000};
};

/// Makes batches durable in the log of commits, and moves them into the tables afterwards, many at once.
///
/// Functions throw `error` and then have changed nothing. Thread safety: those that write may be used by one thread at a time,
/// `catch_up` and `pending` by any.
class committer {
  public:
    /// Takes over what a log that was not closed has left. `tables` is for writing, `look` for reading, both for this object
    /// alone; they outlive it.
    committer(connection& tables, connection& look, committer_options options);
    committer(const committer&) = delete;
    committer& operator=(const committer&) = delete;
    /// Applies what is left and removes the log; where that fails, the log keeps it for the next opening.
    ~committer();

    [[nodiscard]] shard_lease acquire_lease(std::string_view owner);
    void renew_lease(std::int64_t epoch);
    void release_lease(std::int64_t epoch);
    void commit(const commit_batch& batch);
    [[nodiscard]] std::size_t collect_garbage(std::int64_t epoch, std::size_t max_rows);

    /// What the tables do not have yet.
    [[nodiscard]] const backlog& pending() const noexcept { return backlog_; }
    /// Returns when the tables have every commit that had returned before the call.
    void catch_up();

  private:
    static constexpr std::chrono::steady_clock::time_point never = std::chrono::steady_clock::time_point::max();

    [[nodiscard]] commit_log take_over();
    void close_log();
    void set_salt(std::int64_t salt);
    void check_owner(std::int64_t epoch);
    void append(const commit_batch& batch);
    void make_room(std::size_t payload, std::unique_lock<std::mutex>& logging);
    void seal();
    /// With `applying_` held.
    void apply_sealed();

    void loop();
    void apply_later();
    void apply_now();

    committer_options options_;
    connection& tables_;
    connection& look_;
    backlog backlog_;
    writer writer_;
    std::atomic<std::int64_t> epoch_{0};
    /// The tables could not be written; commits are refused until they can.
    std::atomic<bool> in_trouble_ = false;

    // Whoever holds more than one of the locks took them in this order, and last the backlog's own.
    /// The tables.
    std::mutex applying_;
    /// The log, and that the backlog has what the log has.
    std::mutex logging_;
    commit_log log_;
    commit_checks checks_;

    std::mutex waking_;
    std::condition_variable woken_;
    /// When what gathers is applied.
    std::chrono::steady_clock::time_point due_ = never;
    bool is_sealed_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace perdure::history::sqlite
