#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "history_service/store/postgres/session.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history::postgres {

/// The writing half of the store. Functions throw `error` and then have changed nothing, but for an interrupted one.
///
/// What became of a commit whose connection broke is read from the shard's row: it counts the batches of the epoch, and each
/// batch says in its transaction which one it is. A new connection first raises the row's session, which each batch names as
/// well: a batch that is still on its way to the server comes too late from then on.
class writer {
  public:
    writer(session& to, const interruption& interrupt, std::chrono::milliseconds patience)
        : session_(to), interrupt_(interrupt), patience_(patience) {}

    [[nodiscard]] lease_answer acquire_lease(std::string_view owner, std::chrono::milliseconds duration);
    void renew_lease(std::int64_t epoch);
    void release_lease(std::int64_t epoch);
    void commit(const commit_batch& batch);
    [[nodiscard]] std::size_t collect_garbage(std::int64_t epoch, std::size_t max_rows);

  private:
    /// What a connection must know to commit: the row's session and how many batches it has of this epoch.
    struct place {
        std::int64_t epoch = 0;
        std::int64_t number = 0;
        std::int64_t batch = 0;
        /// Which connection of the session it is.
        int connection = 0;
    };
    enum class outcome { applied, not_applied };

    [[nodiscard]] outcome prepare(std::int64_t epoch, std::optional<std::int64_t> sent, deadline until);
    [[nodiscard]] outcome fence(connection& db, std::int64_t epoch, std::optional<std::int64_t> sent, deadline until);
    void send(connection& db, const commit_batch& batch);
    [[noreturn]] void refuse(const error& refused, std::int64_t epoch);
    [[noreturn]] void refuse_stale(connection& db, std::int64_t epoch, deadline until);
    [[nodiscard]] std::optional<lease_holder> holder_other_than(connection& db, std::string_view owner, deadline until);
    [[nodiscard]] std::optional<shard_lease> take(connection& db, std::string_view owner, std::chrono::milliseconds duration,
                                                  deadline until);

    session& session_;
    const interruption& interrupt_;
    std::chrono::milliseconds patience_;
    /// Set while the connection was fenced and is the one of the session.
    std::optional<place> place_;
};

}  // namespace perdure::history::postgres
