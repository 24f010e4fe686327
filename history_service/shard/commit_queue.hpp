#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "history_service/shard/background.hpp"
#include "history_service/shard/run_entry.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// The way of transitions to the store. A run has at most one write that waits and one in the batch under way. Everything that
/// waits when a batch is taken becomes that batch, except writes that were left out of it; what depends on a change is held
/// until the write that has it is durable.
///
/// Order: the changes of one run, and what is held for them, come out as they were made. Between runs only batches have an
/// order, and within a batch what is held comes out as it came; what is held for a write that was left out comes later. Writes
/// that must stand or fall together are in one batch, because a write that creates or removes a run is never left out.
class commit_queue {
  public:
    /// Called with nullptr when the change is durable, with the reason when it never will be.
    using release = std::function<void(const service_failure*)>;
    /// Of a clock that never goes back.
    using instant = std::chrono::nanoseconds;

    commit_queue(store& rows, background& writes, std::int64_t epoch) : rows_(rows), writes_(writes), epoch_(epoch) {}
    commit_queue(const commit_queue&) = delete;
    commit_queue& operator=(const commit_queue&) = delete;
    ~commit_queue() { *alive_ = false; }

    // --- What waits -------------------------------------------------------------------------------------------------
    /// The run's write that waits, made on first use.
    [[nodiscard]] run_write& write_of(const run_entry& entry);
    /// Both belong to the next batch.
    void point(const run_key& key, std::optional<run_number> run);
    void erase(run_number run);

    [[nodiscard]] bool nothing_waits() const noexcept { return nothing_to_write() && left_out_ == 0; }

    // --- What goes with the next batch --------------------------------------------------------------------------------
    /// The write that waits for the run stays behind, until then at most, unless it must go. False: it goes. What was left out
    /// before keeps its end.
    bool leave_out(run_number run, instant until);
    /// It goes with the next batch.
    void take_along(run_number run);
    [[nodiscard]] bool is_left_out(run_number run) const {
        const auto at = waiting_.find(run);
        return at != waiting_.end() && at->second.left_out;
    }
    /// Something of the run is in the next batch, as things stand.
    [[nodiscard]] bool goes(run_number run) const {
        const auto at = waiting_.find(run);
        return at != waiting_.end() && !at->second.left_out;
    }
    /// What was left out until `now` or before must go, also what goes as things stand: it may be left out again. Answers when
    /// the first of the others must.
    std::optional<instant> end_waits(instant now);
    /// A batch would be empty. What workflow ids mean changes only with a run that is written or erased.
    [[nodiscard]] bool nothing_to_write() const noexcept { return waiting_.size() == left_out_ && erased_.empty(); }
    /// Calls `visit(write)` for each write of the next batch.
    template <class Visit>
    void for_each_going(Visit&& visit) {
        for (auto& [run, one] : waiting_)
            if (!one.left_out) visit(one.write);
    }

    // --- What is not durable yet ------------------------------------------------------------------------------------
    /// What a workflow id means by a pointer that the store does not have yet: nothing known, no run, or a run.
    [[nodiscard]] std::optional<std::optional<run_number>> pointer(const std::string& namespace_name,
                                                                   const std::string& workflow_id) const;
    [[nodiscard]] bool is_erased(run_number run) const { return erasing_.contains(run); }
    /// Whether the store has everything that happened to the run.
    [[nodiscard]] bool is_durable(run_number run) const { return !waiting_.contains(run) && !under_way_.contains(run); }
    /// Runs of which something waits or is on its way.
    [[nodiscard]] std::vector<run_number> runs_under_way() const;

    /// Whether somebody waits for what is held, waits but is patient with the run's worker, or only wants to be told some time.
    enum class waiter : std::uint8_t { waits, is_patient, has_time };
    /// Calls `fn` once everything that happened to the run so far is durable: at once, if it is. With somebody who waits the
    /// run's write must go. A new run may be left out for somebody who is patient alone, as nothing else must be written with it.
    void hold(run_number run, release fn, waiter who = waiter::waits);
    /// Calls `fn` once everything that happened to any run so far is durable; all of it must go.
    void hold_for_all(release fn);
    /// Something must go that is in no batch yet.
    [[nodiscard]] bool is_waited_for() const noexcept { return waited_for_; }

    // --- Writing ----------------------------------------------------------------------------------------------------
    [[nodiscard]] bool busy() const noexcept { return busy_; }
    /// Sends what goes as one batch; `finished` gets the outcome and must call `succeed` or `fail`. `small`: little else is
    /// going on.
    void submit(std::function<void(const result<done>&)> finished, bool small);
    /// Removes rows of deleted runs; `finished` gets how many.
    void collect_garbage(std::size_t rows, std::function<void(const result<std::size_t>&)> finished);

    struct written {
        /// The runs of the batch, with the last sequence of each.
        std::vector<std::pair<run_number, std::int64_t>> runs;
        std::vector<release> released;
    };
    /// The batch on its way is durable.
    [[nodiscard]] written succeed();
    /// Nothing that is not durable ever will be: forgets all of it and answers what was held.
    [[nodiscard]] std::vector<release> fail();

  private:
    /// What waits for a write, with its place among all that was ever held.
    using held = std::pair<std::uint64_t, release>;
    struct waiting_write {
        run_write write;
        std::vector<held> releases;
        bool left_out = false;
        /// Somebody waits for it, or it was left out for long enough.
        bool must_go = false;
        bool is_waited_for_patiently = false;
        /// How long it may be left out, since it first was.
        std::optional<instant> until;
        /// Of the run, once a batch has taken the write.
        std::int64_t last_sequence = 0;
    };
    struct pointer_write {
        std::optional<run_number> run;
        std::uint64_t batch = 0;
    };
    [[nodiscard]] commit_batch take();
    void must_go(waiting_write& one);

    store& rows_;
    background& writes_;
    std::int64_t epoch_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

    std::unordered_map<run_number, waiting_write> waiting_;
    std::size_t left_out_ = 0;
    std::vector<std::pair<std::string, std::string>> pointers_waiting_;
    std::vector<run_number> erased_;
    std::vector<held> held_for_all_;
    bool waited_for_ = false;

    /// By namespace and workflow id.
    std::map<std::pair<std::string, std::string>, pointer_write> pointers_;
    /// By which batch.
    std::unordered_map<run_number, std::uint64_t> erasing_;
    /// What the batch under way took; the writes themselves are in the batch.
    std::unordered_map<run_number, waiting_write> under_way_;
    std::vector<held> held_under_way_;

    std::uint64_t last_held_ = 0;
    std::uint64_t next_batch_ = 1;
    bool busy_ = false;
    bool writing_ = false;
};

}  // namespace perdure::history
