#include <algorithm>
#include <string>

#include <perdure/errors.hpp>

#include "api/json_writer.hpp"
#include "perdure/payload.hpp"
#include "sdk/workflow/run.hpp"

// What a run tells about itself: the queries, the stacks of its coroutines, its status.

namespace perdure::detail {
namespace {

std::string_view file_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string place(const site& at) {
    if (at.line == 0) return "(not suspended yet)";
    return std::string(file_name(at.file)) + ":" + std::to_string(at.line);
}

std::string frame_line(const site& at) {
    const std::string function = at.line == 0 ? "(a coroutine)" : std::string(at.function);
    return "    at " + function + " (" + place(at) + ")\n";
}

std::string_view kind_name(slot_kind kind) {
    switch (kind) {
        case slot_kind::activity:
            return "activity";
        case slot_kind::timer:
            return "timer";
        case slot_kind::deadline:
            return "deadline";
        case slot_kind::receive:
            return "message";
        case slot_kind::condition:
            return "condition";
        case slot_kind::handlers_idle:
            return "handlers to be idle";
        case slot_kind::cancelled_watch:
            return "cancellation";
    }
    return "operation";
}

std::string operation_text(const slot& row) {
    std::string text(kind_name(row.kind));
    if (row.kind == slot_kind::activity) text += " " + row.name;
    if (row.ordinal != 0) text += " (id " + std::to_string(row.ordinal) + ")";
    if (row.at.line != 0) text += ", asked for at " + place(row.at);
    return text;
}

}  // namespace

/// Reads a run without changing it.
class run_describer {
  public:
    explicit run_describer(const run& described) : run_(described) {}

    [[nodiscard]] std::string stacks() const {
        std::string text;
        for (const frame_base* frame = run_.oldest_; frame != nullptr; frame = frame->newer) {
            if (frame->state == frame_state::finished || frame->state == frame_state::created) continue;
            if (frame->waiting == wait_kind::task) continue;
            text += (text.empty() ? "" : "\n") + branch_text(*frame) + " " + waits_for(*frame) + "\n";
            for (const frame_base* at = frame; at != nullptr; at = at->parent) text += frame_line(at->waiting_at);
        }
        return text.empty() ? "no coroutine is running\n" : text;
    }

    [[nodiscard]] std::string status() const {
        std::string text;
        json_writer json(text);
        json.begin_object();
        json.key("workflowType");
        json.text(run_.type_.name);
        json.key("historyLength");
        json.number(run_.info_.history_length);
        json.key("closed");
        json.boolean(run_.closed_.has_value());
        json.key("cancelRequested");
        json.boolean(run_.scopes_.at(0).cancelled);
        json.key("handlersRunning");
        json.number(run_.handlers_);
        write_pending(json);
        write_mailboxes(json);
        write_compensations(json);
        json.end_object();
        return text;
    }

  private:
    [[nodiscard]] std::string branch_text(const frame_base& frame) const {
        const branch_node& row = run_.branches_.at(frame.branch);
        switch (row.kind) {
            case branch_kind::main:
                return "run";
            case branch_kind::handler:
                return "handler of " + row.label;
            case branch_kind::spawned:
                return "spawned branch " + std::to_string(frame.branch);
            case branch_kind::operand:
                return "branch " + std::to_string(frame.branch);
        }
        return "branch";
    }

    [[nodiscard]] std::string waits_for(const frame_base& frame) const {
        switch (frame.waiting) {
            case wait_kind::operation:
                return "waits for " + operation_text(run_.slots_.at(frame.waiting_op));
            case wait_kind::branch:
                return "waits for a branch";
            case wait_kind::forever:
                return "continues as new when handlers are done";
            case wait_kind::combinator:
                return combinator_text(*static_cast<const combine*>(frame.waiting_for));
            case wait_kind::task:
            case wait_kind::nothing:
                break;
        }
        return frame.state == frame_state::running ? "is running" : "can go on";
    }

    [[nodiscard]] std::string combinator_text(const combine& state) const {
        std::string text;
        for (const operand& row : state.operands) {
            if (row.settled) continue;
            text += text.empty() ? "" : "; ";
            text += row.kind == operand_kind::op ? operation_text(run_.slots_.at(row.op.index))
                                                 : "branch " + std::to_string(row.branch.index);
        }
        const bool all = state.policy == combine_policy::all || state.policy == combine_policy::settle;
        return (all ? "waits for all of: " : "waits for the first of: ") + text;
    }

    void write_pending(json_writer& json) const {
        json.key("pending");
        json.begin_list();
        for (const std::uint32_t index : run_.slots_.where([](const slot& row) { return row.state == slot_state::pending; })) {
            const slot& row = run_.slots_.at(index);
            json.begin_object();
            json.key("kind");
            json.text(kind_name(row.kind));
            if (row.kind == slot_kind::activity) {
                json.key("name");
                json.text(row.name);
                json.key("taskQueue");
                json.text(row.queue);
            }
            if (row.ordinal != 0) {
                json.key("id");
                json.text(std::to_string(row.ordinal));
            }
            if (row.event_id != 0) {
                json.key("eventId");
                json.number(row.event_id);
            }
            json.key("at");
            json.text(place(row.at));
            if (row.cancel_sent) {
                json.key("cancelRequested");
                json.boolean(true);
            }
            json.end_object();
        }
        json.end_list();
    }

    void write_mailboxes(json_writer& json) const {
        json.key("mailboxes");
        json.begin_list();
        for (const signal_binding& bound : run_.type_.signals) {
            if (!bound.box || run_.object_ == nullptr) continue;
            json.begin_object();
            json.key("signal");
            json.text(bound.name);
            json.key("unread");
            json.number(bound.box(run_.object_).size());
            json.end_object();
        }
        json.end_list();
    }

    void write_compensations(json_writer& json) const {
        json.key("compensations");
        json.begin_list();
        for (const saga* each : run_.sagas_) {
            for (const saga_entry& entry : each->entries()) {
                json.begin_object();
                json.key("activity");
                json.text(entry.activity);
                json.key("key");
                json.text(entry.key);
                if (!entry.group.empty()) {
                    json.key("group");
                    json.text(entry.group);
                }
                json.end_object();
            }
        }
        json.end_list();
    }

    const run& run_;
};

std::string run::stack_text() const { return run_describer(*this).stacks(); }
std::string run::status_json() const { return run_describer(*this).status(); }

std::string run::issuing_stack(const site& at) const {
    std::string text = frame_line(at);
    if (current_ == nullptr) return text;
    for (const frame_base* frame = current_->parent; frame != nullptr; frame = frame->parent)
        text += frame_line(frame->waiting_at);
    return text;
}

site run::awaited_at() const noexcept {
    return current_ == nullptr || current_->parent == nullptr ? site{} : current_->parent->waiting_at;
}

std::string run::thrown_stack(const std::exception_ptr& error) const {
    if (!error || error != last_thrown_) return {};
    std::string text;
    for (const site& at : thrown_at_) text += frame_line(at);
    return text;
}

arguments run::answer_query(std::string_view name, const arguments& input) {
    const run_guard guard(*this);
    if (name == "__stack_trace") return arguments{encode_arguments(stack_text())};
    if (name == "__status")
        return arguments{{raw_payload{.encoding = std::string(encoding::json), .data = status_json(), .metadata = {}}}};
    const query_binding* bound = type_.find_query(name);
    if (bound == nullptr) {
        std::string known = "__stack_trace, __status";
        for (const query_binding& each : type_.queries) known += ", " + each.name;
        throw misuse_error("workflow " + type_.name + " has no query " + std::string(name) + "; known: " + known);
    }
    if (object_ == nullptr) throw misuse_error("the workflow has not started, or its object could not be made");
    struct answering {
        explicit answering(bool& flag) : flag_(flag) { flag_ = true; }
        ~answering() { flag_ = false; }
        bool& flag_;
    };
    const answering scope(answering_);
    query_misuse_ = nullptr;
    arguments answer;
    {
        const workflow_code users(*this);
        answer = bound->answer(object_, context_ref{.owner = this, .scope = 0}, input);
    }
    if (query_misuse_) std::rethrow_exception(std::exchange(query_misuse_, nullptr));
    return answer;
}

}  // namespace perdure::detail
