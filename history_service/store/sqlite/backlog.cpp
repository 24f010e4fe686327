#include "history_service/store/sqlite/backlog.hpp"

#include <utility>

#include "api/assert.hpp"

namespace perdure::history::sqlite {

bool backlog::add(commit_batch batch, std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    const bool first = gathering_->empty();
    gathering_->add(std::move(batch));
    last_sequence_ = sequence;
    return first;
}

void backlog::seal() {
    auto next = std::make_unique<batch_fold>();
    const std::lock_guard lock(mutex_);
    PERDURE_ASSERT(!sealed_, "what was sealed is applied before more is");
    sealed_.emplace(std::shared_ptr<const batch_fold>(std::exchange(gathering_, std::move(next))), last_sequence_);
}

std::optional<backlog::sealed_batches> backlog::sealed() const {
    const std::lock_guard lock(mutex_);
    return sealed_;
}

void backlog::applied() {
    // It is freed when nobody is kept waiting.
    std::optional<sealed_batches> gone;
    const std::lock_guard lock(mutex_);
    PERDURE_ASSERT(sealed_, "what is applied was sealed");
    std::swap(gone, sealed_);
}

bool backlog::empty() const {
    const std::lock_guard lock(mutex_);
    return gathering_->empty() && !sealed_;
}

bool backlog::gathers() const {
    const std::lock_guard lock(mutex_);
    return !gathering_->empty();
}

template <class Ask>
auto backlog::newest(Ask ask) const {
    const std::lock_guard lock(mutex_);
    auto answer = ask(*gathering_);
    if (!answer && sealed_) answer = ask(*sealed_->fold);
    return answer;
}

bool backlog::mentions(run_number run) const {
    return newest([&](const batch_fold& fold) { return fold.mentions(run); });
}

bool backlog::deletes(run_number run) const {
    return newest([&](const batch_fold& fold) { return fold.deletes(run); });
}

std::optional<std::int64_t> backlog::journal_end(run_number run) const {
    return newest([&](const batch_fold& fold) { return fold.journal_end(run); });
}

std::optional<run_number> backlog::created(const run_key& key) const {
    return newest([&](const batch_fold& fold) { return fold.created(key); });
}

std::optional<std::optional<run_number>> backlog::current_run(std::string_view namespace_name,
                                                              std::string_view workflow_id) const {
    return newest([&](const batch_fold& fold) { return fold.current_run(namespace_name, workflow_id); });
}

std::map<run_number, std::optional<wall_time>> backlog::wakeups() const {
    std::map<run_number, std::optional<wall_time>> said;
    const auto hear = [&said](const batch_fold& fold) {
        for (const auto& [run, write] : fold.runs())
            if (write.wakeup) said[run] = *write.wakeup;
        for (const run_number run : fold.deleted()) said[run] = std::nullopt;
    };
    const std::lock_guard lock(mutex_);
    if (sealed_) hear(*sealed_->fold);
    hear(*gathering_);
    return said;
}

}  // namespace perdure::history::sqlite
