#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "history_service/engine/limits.hpp"
#include "history_service/store/lease.hpp"

namespace perdure::history {

/// What may be set of a shard. The defaults are the service's; tests use small ones.
struct shard_options {
    /// Who holds the lease. Where several servers share a store, of this process alone.
    std::string owner = "perdure";
    /// How long the lease lasts without a commit or a renewal.
    std::chrono::milliseconds lease = default_lease;
    limits bounds{};
    /// States and recent events kept in memory; runs with unwritten changes are kept beyond it.
    std::size_t cache_bytes = std::size_t{64} * 1024 * 1024;
    /// Serialised bytes of recent events kept a run.
    std::size_t tail_bytes = std::size_t{32} * 1024;
    /// A checkpoint is written when this much journal, and twice the last checkpoint, came after it.
    std::size_t checkpoint_bytes = std::size_t{64} * 1024;
    /// How far ahead wake-ups are held in memory.
    std::chrono::seconds wakeup_window{60};
    /// Wake-ups read at once; a busier window is read in pieces.
    std::size_t wakeup_page = 1'000;
    /// How long before its time a run that is not in memory is read. 0: when its time has come.
    std::chrono::milliseconds read_ahead{1'000};
    /// Runs that are woken in one call of `advance`: what else there is to do then has its turn.
    std::size_t fired_runs_a_turn = 8;
    /// Runs that are woken for one commit: nobody waits long for a batch in which nothing is his.
    std::size_t fired_runs_a_batch = 256;
    /// While a commit takes longer than this, as many more are woken each time: a slow disk makes nobody late for his timer.
    std::chrono::milliseconds fired_batch_time{50};
    /// A stored wake-up may be this much too early before it is put right: it saves a row write a step.
    std::chrono::seconds wakeup_slack{60};
    /// A change that nobody waits for may be written this much later: together with the answer to the workflow task that it
    /// made, most often. 0 writes everything at once.
    std::chrono::microseconds commit_delay{0};
    /// While a worker has the workflow task of a run, changes of that run that nobody waits for may be left out of what is
    /// written for this long: the answer then joins them in one write. 0 leaves nothing out.
    std::chrono::milliseconds answer_delay{0};
    /// The same for a run that somebody just started, who waits to be told. 0 writes what is new at once.
    std::chrono::milliseconds first_answer_delay{0};
    /// How long a closed run can be looked at; then it is deleted.
    std::chrono::hours retention{std::chrono::hours{72}};
    /// Rows of deleted runs that are removed in one commit.
    std::size_t garbage_rows = 2'000;
    std::chrono::seconds history_long_poll{20};
    std::chrono::seconds query_timeout{10};
    /// Bytes of events in one response; the rest follows by page token.
    std::size_t history_page_bytes = std::size_t{2} * 1024 * 1024;
    std::size_t history_page_events = 1'000;
    std::size_t list_page_rows = 1'000;
};

}  // namespace perdure::history
