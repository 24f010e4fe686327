#include "matching/backlog.hpp"

#include "api/assert.hpp"

#include <algorithm>
#include <utility>

namespace perdure::matching {

void backlog::keep(task what) {
    const task_key key = what.key;
    const task_order order = what.order;
    where_.emplace(key, place{tasks_.emplace(order, std::move(what)), false});
}

void backlog::leave_out(const task& what) {
    behind_ = true;
    ++left_out_;
    first_left_out_ = first_left_out_ ? std::min(*first_left_out_, what.order) : what.order;
    left_out_since_ = left_out_since_ ? std::min(*left_out_since_, what.since) : what.since;
}

bool backlog::add(task what) {
    if (where_.contains(what.key)) {
        return false;
    }
    if (what.order <= read_up_to_) {
        // The clock was set back between two tasks: no refill would bring this one.
        keep(std::move(what));
    } else if (asked_ && arrivals_.size() < kept_limit_) {
        const task_key key = what.key;
        const task_order order = what.order;
        where_.emplace(key, place{arrivals_.emplace(order, std::move(what)), true});
    } else if (behind_ || tasks_.size() >= kept_limit_) {
        leave_out(what);
    } else {
        read_up_to_ = what.order;
        keep(std::move(what));
    }
    return true;
}

void backlog::put_back(task what) {
    if (what.is_query()) {
        queries_.push_front(std::move(what));
    } else if (!where_.contains(what.key)) {
        keep(std::move(what));
    }
}

void backlog::add_query(task what) { queries_.push_back(std::move(what)); }

const task* backlog::front() const {
    if (!queries_.empty()) {
        return &queries_.front();
    }
    return tasks_.empty() ? nullptr : &tasks_.begin()->second;
}

task backlog::take_front() {
    PERDURE_ASSERT(front() != nullptr, "a task is taken only from a backlog that has one");
    if (!queries_.empty()) {
        task what = std::move(queries_.front());
        queries_.pop_front();
        return what;
    }
    task what = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    where_.erase(what.key);
    return what;
}

void backlog::withdraw(const task_key& key) {
    if (key.query != 0) {
        std::erase_if(queries_, [&](const task& query) { return query.key == key; });
        return;
    }
    const auto found = where_.find(key);
    if (found == where_.end()) {
        // One of those left out, or one that was handed out already: the next refill puts the estimate right.
        return;
    }
    (found->second.arrived ? arrivals_ : tasks_).erase(found->second.at);
    where_.erase(found);
}

bool backlog::wants_more() {
    if (!behind_ || asked_ || tasks_.size() > low_water_) {
        return false;
    }
    asked_ = true;
    first_left_out_.reset();
    left_out_since_.reset();
    return true;
}

void backlog::refill(std::vector<task> tasks, bool complete) {
    if (!asked_) {
        return;
    }
    asked_ = false;
    ordered arrived = std::exchange(arrivals_, {});
    for (const auto& [order, what] : arrived) {
        where_.erase(what.key);
    }
    left_out_ = std::max<std::int64_t>(0, left_out_ - static_cast<std::int64_t>(tasks.size()));
    for (task& what : tasks) {
        read_up_to_ = std::max(read_up_to_, what.order);
        if (!where_.contains(what.key)) {
            keep(std::move(what));
        }
    }
    if (complete && !first_left_out_) {
        behind_ = false;
        left_out_ = 0;
    }
    // Up to here the answer and what arrived meanwhile leave no gap.
    const std::optional<task_order> gap = first_left_out_;
    for (auto& [order, what] : arrived) {
        if (where_.contains(what.key)) {
            continue;
        }
        if (behind_ && order > read_up_to_ && !(complete && gap && order < *gap)) {
            leave_out(what);
        } else {
            read_up_to_ = std::max(read_up_to_, order);
            keep(std::move(what));
        }
    }
    if (first_left_out_ && *first_left_out_ <= read_up_to_) {
        // What was left out while the answer was on its way stands before what the answer held.
        read_up_to_ = *first_left_out_;
        --read_up_to_.event_id;
    }
}

std::optional<instant> backlog::oldest() const {
    const task* first = tasks_.empty() ? nullptr : &tasks_.begin()->second;
    if (first == nullptr && !arrivals_.empty()) {
        first = &arrivals_.begin()->second;
    }
    return first == nullptr ? left_out_since_ : std::optional(first->since);
}

std::vector<task> backlog::drain() {
    std::vector<task> all(std::make_move_iterator(queries_.begin()), std::make_move_iterator(queries_.end()));
    for (ordered* part : {&tasks_, &arrivals_}) {
        for (auto& [order, what] : *part) {
            all.push_back(std::move(what));
        }
        part->clear();
    }
    queries_.clear();
    where_.clear();
    return all;
}

}  // namespace perdure::matching
