#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "history_service/shard/background.hpp"
#include "history_service/shard/run_entry.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// The way of transitions to the store: everything that waits while one batch is written becomes the next batch, and what
/// depends on a transition is held until it is durable.
class commit_queue {
  public:
    /// Called with nullptr when the transition is durable, with the reason when it never will be.
    using release = std::function<void(const service_failure*)>;

    commit_queue(store& rows, background& writes, std::int64_t epoch) : rows_(rows), writes_(writes), epoch_(epoch) {}
    commit_queue(const commit_queue&) = delete;
    commit_queue& operator=(const commit_queue&) = delete;
    ~commit_queue() { *alive_ = false; }

    // --- What the next batch holds ----------------------------------------------------------------------------------
    /// The run's part of the next batch, made on first use; the caller counts the change by `count`.
    [[nodiscard]] run_write& write_of(const run_entry& entry);
    ticket count(run_entry& entry) { return entry.last_ticket = ++last_; }
    /// A change that is of no run in memory.
    ticket count() { return ++last_; }
    static void add_task(run_write& write, const task_row& row);
    static void remove_task(run_write& write, const task_row& row);
    void point(const run_key& key, std::optional<run_number> run);
    void erase(run_number run);

    [[nodiscard]] std::unordered_map<run_number, run_write>& waiting() noexcept { return waiting_; }
    [[nodiscard]] std::size_t waiting_runs() const noexcept { return waiting_.size(); }
    [[nodiscard]] bool nothing_waits() const noexcept { return waiting_.empty() && pointers_waiting_.empty() && erased_.empty(); }

    // --- What is not durable yet ------------------------------------------------------------------------------------
    /// What a workflow id means by a pointer that the store does not have yet: nothing known, no run, or a run.
    [[nodiscard]] std::optional<std::optional<run_number>> pointer(const std::string& namespace_name,
                                                                   const std::string& workflow_id) const;
    [[nodiscard]] bool is_erased(run_number run) const { return erasing_.contains(run); }
    [[nodiscard]] bool is_durable(ticket of) const noexcept { return of <= durable_; }
    [[nodiscard]] ticket last() const noexcept { return last_; }
    /// Runs that the batch on its way and the next one are about.
    [[nodiscard]] std::vector<run_number> runs_under_way() const;

    /// Whether somebody waits for what is held, or only wants to be told some time.
    enum class waiter : std::uint8_t { waits, has_time };
    /// Calls `fn` once `of` is durable: at once, if it is.
    void hold(ticket of, release fn, waiter who = waiter::waits);
    /// Somebody waits for a change that is in no batch yet.
    [[nodiscard]] bool is_waited_for() const noexcept { return waited_for_ > under_way_up_to_; }

    // --- Writing ----------------------------------------------------------------------------------------------------
    [[nodiscard]] bool busy() const noexcept { return busy_; }
    /// Sends everything that waits as one batch; `finished` gets the outcome and must call `succeed` or `fail`. `small`: little
    /// else is going on.
    void submit(std::function<void(const result<done>&)> finished, bool small);
    /// Removes rows of deleted runs; `finished` gets how many.
    void collect_garbage(std::size_t rows, std::function<void(const result<std::size_t>&)> finished);

    /// The batch on its way is durable. Answers its runs with the last sequence of each; releases come out in order.
    [[nodiscard]] std::vector<std::pair<run_number, std::int64_t>> succeed();
    [[nodiscard]] std::vector<release> take_released();
    /// Nothing that is not durable ever will be: forgets all of it and answers what was held.
    [[nodiscard]] std::vector<release> fail();

  private:
    struct pointer_write {
        run_key key;
        std::optional<run_number> run;
        ticket at = 0;
    };
    [[nodiscard]] commit_batch take();

    store& rows_;
    background& writes_;
    std::int64_t epoch_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

    std::unordered_map<run_number, run_write> waiting_;
    std::vector<std::pair<std::string, std::string>> pointers_waiting_;
    std::vector<run_number> erased_;

    /// By namespace and workflow id.
    std::map<std::pair<std::string, std::string>, pointer_write> pointers_;
    std::unordered_map<run_number, ticket> erasing_;
    std::vector<std::pair<run_number, std::int64_t>> under_way_;
    std::multimap<ticket, release> held_;

    ticket last_ = 0;
    ticket under_way_up_to_ = 0;
    ticket durable_ = 0;
    ticket waited_for_ = 0;
    bool busy_ = false;
};

}  // namespace perdure::history
