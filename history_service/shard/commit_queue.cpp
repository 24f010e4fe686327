#include "history_service/shard/commit_queue.hpp"

#include <algorithm>
#include <iterator>

#include "api/assert.hpp"

namespace perdure::history {
namespace {

// In the order in which they were held, whichever writes they waited for.
std::vector<commit_queue::release> releases_of(std::vector<std::pair<std::uint64_t, commit_queue::release>> held) {
    std::sort(held.begin(), held.end(), [](const auto& one, const auto& other) { return one.first < other.first; });
    std::vector<commit_queue::release> made;
    made.reserve(held.size());
    for (auto& [place, release] : held) made.push_back(std::move(release));
    return made;
}

}  // namespace

run_write& commit_queue::write_of(const run_entry& entry) {
    const auto [at, fresh] = waiting_.try_emplace(entry.number);
    run_write& write = at->second.write;
    if (fresh) {
        write.run = entry.number;
        write.previous_sequence = entry.written_sequence;
    }
    return write;
}

void commit_queue::point(const run_key& key, std::optional<run_number> run) {
    const std::pair id{key.namespace_name, key.workflow_id};
    pointers_[id] = {run, next_batch_};
    if (std::find(pointers_waiting_.begin(), pointers_waiting_.end(), id) == pointers_waiting_.end())
        pointers_waiting_.push_back(id);
}

void commit_queue::erase(run_number run) {
    erased_.push_back(run);
    erasing_[run] = next_batch_;
    if (const auto at = waiting_.find(run); at != waiting_.end()) must_go(at->second);
}

void commit_queue::must_go(waiting_write& one) {
    one.must_go = true;
    if (std::exchange(one.left_out, false)) --left_out_;
}

bool commit_queue::leave_out(run_number run, instant until) {
    waiting_write& one = waiting_.at(run);
    if (one.must_go || (one.write.created && !one.is_waited_for_patiently)) return false;
    if (!std::exchange(one.left_out, true)) ++left_out_;
    if (!one.until) one.until = until;
    return true;
}

void commit_queue::take_along(run_number run) {
    waiting_write& one = waiting_.at(run);
    if (std::exchange(one.left_out, false)) --left_out_;
    if (one.is_waited_for_patiently) waited_for_ = true;
}

std::optional<commit_queue::instant> commit_queue::end_waits(instant now) {
    std::optional<instant> next;
    for (auto& [run, one] : waiting_) {
        if (!one.until || one.must_go) continue;
        if (*one.until <= now) {
            must_go(one);
            waited_for_ = true;
        } else if (!next || *one.until < *next) {
            next = one.until;
        }
    }
    return next;
}

std::optional<std::optional<run_number>> commit_queue::pointer(const std::string& namespace_name,
                                                               const std::string& workflow_id) const {
    if (pointers_.empty()) return std::nullopt;
    const auto at = pointers_.find({namespace_name, workflow_id});
    if (at == pointers_.end()) return std::nullopt;
    return at->second.run;
}

std::vector<run_number> commit_queue::runs_under_way() const {
    std::vector<run_number> runs;
    runs.reserve(under_way_.size() + waiting_.size());
    for (const auto& [run, one] : under_way_) runs.push_back(run);
    for (const auto& [run, one] : waiting_) runs.push_back(run);
    return runs;
}

void commit_queue::hold(run_number run, release fn, waiter who) {
    if (const auto at = waiting_.find(run); at != waiting_.end()) {
        if (who == waiter::waits) {
            must_go(at->second);
            waited_for_ = true;
        } else if (who == waiter::is_patient) {
            at->second.is_waited_for_patiently = true;
            waited_for_ = true;
        }
        at->second.releases.emplace_back(++last_held_, std::move(fn));
    } else if (under_way_.contains(run)) {
        held_under_way_.emplace_back(++last_held_, std::move(fn));
    } else {
        fn(nullptr);
    }
}

void commit_queue::hold_for_all(release fn) {
    if (nothing_waits()) {
        if (!writing_) return fn(nullptr);
        held_under_way_.emplace_back(++last_held_, std::move(fn));
        return;
    }
    for (auto& [run, one] : waiting_) must_go(one);
    waited_for_ = true;
    held_for_all_.emplace_back(++last_held_, std::move(fn));
}

commit_batch commit_queue::take() {
    PERDURE_ASSERT(under_way_.empty() && held_under_way_.empty(), "a batch is taken when the last one came home");
    commit_batch batch;
    batch.epoch = epoch_;
    batch.runs.reserve(waiting_.size() - left_out_);
    held_under_way_ = std::exchange(held_for_all_, {});
    for (auto at = waiting_.begin(); at != waiting_.end();) {
        const auto one = at++;
        if (one->second.left_out) continue;
        const auto taken = under_way_.insert(waiting_.extract(one)).position;
        std::vector<held>& releases = taken->second.releases;
        std::move(releases.begin(), releases.end(), std::back_inserter(held_under_way_));
        releases.clear();
        run_write& write = taken->second.write;
        taken->second.last_sequence = write.last_sequence();
        batch.runs.push_back(std::move(write));
    }
    PERDURE_ASSERT(waiting_.size() == left_out_, "what was left out is counted");
    std::erase_if(pointers_waiting_, [&](const auto& id) {
        pointer_write& write = pointers_.at(id);
        if (write.run && is_left_out(*write.run)) {
            PERDURE_ASSERT(waiting_.at(*write.run).write.created, "a workflow id means a run that is written with it");
            write.batch = next_batch_ + 1;
            return false;
        }
        PERDURE_ASSERT(write.run ? under_way_.contains(*write.run) : !erased_.empty(),
                       "a workflow id changes its meaning with a run that is written or erased");
        batch.current_runs.push_back({id.first, id.second, write.run});
        return true;
    });
    for (const run_number run : erased_) PERDURE_ASSERT(!waiting_.contains(run), "nothing is written of a run that is gone");
    batch.deleted = std::exchange(erased_, {});
    waited_for_ = false;
    ++next_batch_;
    return batch;
}

void commit_queue::submit(std::function<void(const result<done>&)> finished, bool small) {
    PERDURE_ASSERT(!busy_, "one batch is written at a time");
    busy_ = true;
    writing_ = true;
    auto batch = std::make_shared<commit_batch>(take());
    auto outcome = std::make_shared<std::optional<result<done>>>();
    auto work = [this_rows = &rows_, batch, outcome] { outcome->emplace(this_rows->commit(*batch)); };
    // The batch comes home with the outcome: freeing it elsewhere than where it was made costs the allocator dearly.
    auto then = [this, alive = alive_, batch, outcome, finished = std::move(finished)] {
        if (!*alive) return;
        busy_ = false;
        finished(**outcome);
    };
    if (small) return writes_.run_small(std::move(work), std::move(then));
    writes_.run(std::move(work), std::move(then));
}

void commit_queue::collect_garbage(std::size_t rows, std::function<void(const result<std::size_t>&)> finished) {
    PERDURE_ASSERT(!busy_, "one batch is written at a time");
    busy_ = true;
    auto outcome = std::make_shared<std::optional<result<std::size_t>>>();
    writes_.run(
        [this_rows = &rows_, epoch = epoch_, rows, outcome] { outcome->emplace(this_rows->collect_garbage(epoch, rows)); },
        [this, alive = alive_, outcome, finished = std::move(finished)] {
            if (!*alive) return;
            busy_ = false;
            finished(**outcome);
        });
}

commit_queue::written commit_queue::succeed() {
    PERDURE_ASSERT(writing_, "a batch was on its way");
    writing_ = false;
    const auto is_written = [this](std::uint64_t batch) { return batch < next_batch_; };
    std::erase_if(pointers_, [&](const auto& entry) { return is_written(entry.second.batch); });
    std::erase_if(erasing_, [&](const auto& entry) { return is_written(entry.second); });
    written made;
    made.runs.reserve(under_way_.size());
    for (const auto& [run, one] : under_way_) made.runs.emplace_back(run, one.last_sequence);
    under_way_.clear();
    made.released = releases_of(std::exchange(held_under_way_, {}));
    return made;
}

std::vector<commit_queue::release> commit_queue::fail() {
    std::vector<held> all = std::exchange(held_under_way_, {});
    std::move(held_for_all_.begin(), held_for_all_.end(), std::back_inserter(all));
    for (auto& [run, one] : waiting_) std::move(one.releases.begin(), one.releases.end(), std::back_inserter(all));
    waiting_.clear();
    left_out_ = 0;
    pointers_waiting_.clear();
    erased_.clear();
    held_for_all_.clear();
    waited_for_ = false;
    pointers_.clear();
    erasing_.clear();
    under_way_.clear();
    writing_ = false;
    return releases_of(std::move(all));
}

}  // namespace perdure::history
