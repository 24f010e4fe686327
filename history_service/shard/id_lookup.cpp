#include "history_service/shard/id_lookup.hpp"

#include "api/assert.hpp"

namespace perdure::history {

void id_lookup::ask(workflow_name name, continuation then) {
    waiting_.push_back({std::move(name), std::move(then)});
    if (!busy_) send();
}

std::optional<std::optional<run_number>> id_lookup::answer(const workflow_name& name) const {
    const auto at = answers_.find(name);
    if (at == answers_.end()) return std::nullopt;
    return at->second;
}

void id_lookup::forget(const workflow_name& name) {
    answers_.erase(name);
    for (question& one : under_way_)
        if (one.name == name) one.is_void = true;
}

std::vector<id_lookup::continuation> id_lookup::drop() {
    std::vector<continuation> dropped;
    for (std::vector<question>* questions : {&under_way_, &waiting_}) {
        for (question& one : *questions) dropped.push_back(std::move(one.then));
        questions->clear();
    }
    *alive_ = false;
    return dropped;
}

void id_lookup::send() {
    busy_ = true;
    under_way_ = std::exchange(waiting_, {});
    std::vector<workflow_name> names;
    names.reserve(under_way_.size());
    for (const question& one : under_way_) names.push_back(one.name);
    auto found = std::make_shared<result<answers>>(answers{});
    reads_.run([this_rows = &rows_, names = std::move(names), found] { *found = this_rows->current_runs(names); },
               [this, alive = alive_, found] {
                   if (*alive) came(std::move(*found));
               });
}

// A read that failed leaves no answer: whoever goes on without reads for itself, and tells why that fails.
void id_lookup::came(result<answers> found) {
    std::vector<question> asked = std::exchange(under_way_, {});
    PERDURE_ASSERT(!found || found->size() == asked.size(), "every question has its answer");
    for (std::size_t i = 0; found && i < asked.size(); ++i)
        if (!asked[i].is_void) answers_[std::move(asked[i].name)] = (*found)[i];
    const auto alive = alive_;
    for (const question& one : asked) {
        one.then(nullptr);
        if (!*alive) return;
    }
    answers_.clear();
    busy_ = false;
    if (!waiting_.empty()) send();
    settle_();
}

}  // namespace perdure::history
