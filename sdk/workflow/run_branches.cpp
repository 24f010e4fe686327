#include <algorithm>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/workflow/raise.hpp"
#include "sdk/workflow/run.hpp"

// Branches and the messages that start some of them.

namespace perdure::detail {

branch_ref run::spawn(branch_kind kind, frame_base& root, std::uint32_t scope, bool front) {
    const std::uint32_t index = branches_.add(kind, current_branch(), next_birth(), &root);
    branch_node& row = branches_.at(index);
    row.scope = scope;
    root.branch = index;
    root.parent = current_;
    if (current_ != nullptr) current_->has_branches = true;
    make_ready(root, front);
    return {.owner = this, .index = index, .generation = row.generation};
}

void run::release_branch(std::uint32_t index) {
    frame_base* root = branches_.at(index).root;
    branches_.release(index);
    if (root != nullptr) reap_later(*root);
}

void run::branch_finished(std::uint32_t index, bool front) {
    branch_node& row = branches_.at(index);
    row.finished = true;
    row.settled = next_settlement();
    const std::exception_ptr error = row.root->error;
    const bool mistake = error && !fails_workflow(error);
    switch (row.kind) {
        case branch_kind::main:
            if (mistake) fail_task(error);
            return;
        case branch_kind::handler:
            if (!row.abandon_ok) --handlers_;
            if (mistake) fail_task(error);
            if (error && !mistake && !failed_early_) failed_early_ = error;
            release_branch(index);
            return;
        case branch_kind::spawned:
        case branch_kind::operand:
            break;
    }
    if (row.lost) {
        --losers_;
        if (mistake) fail_task(error);
        release_branch(index);
    } else if (row.waiting != nullptr) {
        waiter* waiting = std::exchange(row.waiting, nullptr);
        waiting->wake(*waiting, *this, front);
    } else if (mistake) {
        fail_task(error);
    }
}

void run::deliver_signal(std::string_view name, arguments content, std::int64_t event_id) {
    const run_guard guard(*this);
    if (object_ == nullptr) return;
    const signal_binding* bound = type_.find_signal(name);
    if (bound == nullptr) {
        const kv fields[]{kv("signal", name)};
        warn("a signal arrived that the workflow does not bind; it is ignored", fields);
        return;
    }
    if (bound->box) return hand_over(bound->box(object_), message{.event_id = event_id, .content = std::move(content)});
    try {
        frame_base* root = nullptr;
        {
            const workflow_code users(*this);
            root = bound->deliver(object_, context_ref{.owner = this, .scope = 0}, content);
        }
        if (root == nullptr) return;
        if (!bound->abandon_ok) ++handlers_;
        const branch_ref made = spawn(branch_kind::handler, *root, no_scope, false);
        branches_.at(made.index).abandon_ok = bound->abandon_ok;
        branches_.at(made.index).label = bound->name;
    } catch (...) {
        handle_thrown();
    }
}

void run::carry_over(std::string signal, arguments content) {
    // Negative numbers sort before the events of this run and keep the order of arrival.
    constexpr std::int64_t before_all = -1'000'000'000;
    const auto place = before_all + static_cast<std::int64_t>(carried_.size());
    carried_.emplace(place, std::pair(std::move(signal), std::move(content)));
}

std::vector<std::pair<std::string, message>> run::unread() const {
    std::vector<std::pair<std::string, message>> found;
    if (object_ == nullptr) return found;
    for (const signal_binding& bound : type_.signals) {
        if (!bound.box) continue;
        mailbox_base& box = bound.box(object_);
        for (const message& waiting : box.messages_) found.emplace_back(bound.name, waiting);
        const auto handed = slots_.where([&box](const slot& row) {
            return row.kind == slot_kind::receive && row.state == slot_state::ready && row.box == &box;
        });
        for (const std::uint32_t index : handed) {
            const slot& row = slots_.at(index);
            found.emplace_back(bound.name, message{.event_id = row.message_event, .content = row.value});
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.second.event_id < b.second.event_id; });
    return found;
}

arguments mailbox_base::take_front() {
    if (run* here = current_run(); here == nullptr || here->answering()) {
        throw_misuse("a mailbox was emptied outside of workflow code; queries look with perdure::peek");
    }
    arguments content = std::move(messages_.front().content);
    messages_.pop_front();
    return content;
}

const signal_binding* workflow_type::find_signal(std::string_view signal) const noexcept {
    for (const signal_binding& bound : signals) {
        if (bound.name == signal) return &bound;
    }
    return nullptr;
}

const query_binding* workflow_type::find_query(std::string_view query) const noexcept {
    for (const query_binding& bound : queries) {
        if (bound.name == query) return &bound;
    }
    return nullptr;
}

}  // namespace perdure::detail
