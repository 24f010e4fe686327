#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "history_service/store/batch_fold.hpp"

namespace perdure::history::sqlite {

/// What is in the log of commits and not in the tables yet: batches that gather, and those before them that were sealed to be
/// applied together. Where it says something of a run, its word is newer than the tables'.
///
/// Thread safety: any thread. Whoever asks it first and the tables then misses nothing.
class backlog {
  public:
    /// True: it is the first one that gathers.
    bool add(commit_batch batch, std::int64_t sequence);
    /// What gathered is to be applied. Nothing is sealed already.
    void seal();
    /// What is to be applied, up to which commit; it stays as it is until `applied`. Nothing: nothing is sealed.
    struct sealed_batches {
        std::shared_ptr<const batch_fold> fold;
        std::int64_t last_sequence = 0;
    };
    [[nodiscard]] std::optional<sealed_batches> sealed() const;
    /// The tables have what was sealed.
    void applied();

    [[nodiscard]] bool empty() const;
    [[nodiscard]] bool gathers() const;

    // --- What it says, the newest word first ------------------------------------------------------------------------------
    [[nodiscard]] bool mentions(run_number run) const;
    [[nodiscard]] bool deletes(run_number run) const;
    [[nodiscard]] std::optional<std::int64_t> journal_end(run_number run) const;
    [[nodiscard]] std::optional<run_number> created(const run_key& key) const;
    [[nodiscard]] std::optional<std::optional<run_number>> current_run(std::string_view namespace_name,
                                                                       std::string_view workflow_id) const;
    /// What it says of the wake-ups of all runs that it mentions; nothing where it leaves a run's as it is.
    [[nodiscard]] std::map<run_number, std::optional<wall_time>> wakeups() const;

  private:
    /// The first answer that there is, of what gathers and then of what is sealed.
    template <class Ask>
    [[nodiscard]] auto newest(Ask ask) const;

    mutable std::mutex mutex_;
    std::unique_ptr<batch_fold> gathering_ = std::make_unique<batch_fold>();
    std::int64_t last_sequence_ = 0;
    std::optional<sealed_batches> sealed_;
};

}  // namespace perdure::history::sqlite
