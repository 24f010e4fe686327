#include "tests/conformance/player.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "tests/conformance/compare.hpp"
#include "tests/conformance/variables.hpp"

namespace perdure::conformance {
namespace {

/// Thrown to leave a play at the place that decides it.
struct decided {
    outcome result;
};

json refusal(const service_failure& failure) { return {{"code", to_string(failure.code)}, {"message", failure.message}}; }

/// Commands of features that are not there yet; a script with one of them has nothing to be compared with.
const char* unsupported_command(const json& request) {
    static constexpr const char* commands[] = {
        "COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION",
        "COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION",
        "COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION",
        "COMMAND_TYPE_PROTOCOL_MESSAGE",
        "COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION",
        "COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION",
    };
    if (!request.contains("commands")) return nullptr;
    for (const auto& command : request["commands"]) {
        const auto type = command.value("commandType", std::string{});
        for (const char* name : commands) {
            if (type == name) return name;
        }
    }
    return nullptr;
}

/// The value at a path with dots, where a number is a place in a list; null if there is none.
const json* at_path(const json& document, const std::string& path) {
    const json* here = &document;
    std::size_t start = 0;
    while (start <= path.size()) {
        const auto end = std::min(path.find('.', start), path.size());
        const auto part = path.substr(start, end - start);
        std::size_t index = 0;
        const bool is_index = std::from_chars(part.data(), part.data() + part.size(), index).ptr == part.data() + part.size();
        if (here->is_array() && is_index && index < here->size()) {
            here = &(*here)[index];
        } else if (here->is_object() && here->contains(part)) {
            here = &(*here)[part];
        } else {
            return nullptr;
        }
        start = end + 1;
    }
    return here;
}

class performance {
  public:
    performance(const transcript& script, std::string file, driver& target, const std::string& number,
                const known_differences& known)
        : script_(script), file_(std::move(file)), driver_(target), known_(known), names_(number) {
        tolerated_ = [this](const difference& found) { return tolerate(found); };
    }

    outcome run() {
        try {
            require_support();
            for (std::size_t i = 0; i < script_.steps.size(); ++i) perform(i);
            for (auto& [name, open] : open_) finish(open.index, *open.call);
            compare_histories();
        } catch (const decided& end) {
            return end.result;
        }
        return why_.empty() ? outcome{} : outcome{verdict::differs_on_purpose, why_, {}};
    }

  private:
    struct open_call {
        std::size_t index = 0;
        std::shared_ptr<pending_call> call;
    };

    void require_support() const {
        for (const auto& step : script_.steps) {
            if (step.op == "Sleep" || step.op == "Join") continue;
            if (!driver_.supports(step.op)) throw decided{{verdict::not_supported, step.op, {}}};
            if (const char* name = unsupported_command(step.request)) throw decided{{verdict::not_supported, name, {}}};
        }
    }

    void perform(std::size_t index) {
        const auto& step = script_.steps[index];
        if (step.op == "Sleep") return driver_.sleep(step.sleep);
        if (step.op == "Join") {
            const auto open = open_.extract(step.async);
            if (!open) fail({place(index), "a step with this name before", step.async});
            return finish(open.mapped().index, *open.mapped().call);
        }
        const json request = names_.substitute_all(step.request);
        largest_request_ = std::max(largest_request_, request.dump().size());
        auto call = driver_.begin(step.op, request);
        if (!step.async.empty()) {
            open_[step.async] = {index, std::move(call)};
        } else {
            finish(index, *call);
        }
    }

    void finish(std::size_t index, pending_call& call) {
        const auto& step = script_.steps[index];
        request_ = step.request.dump();
        const std::string where = place(index);
        if (!driver_.wait(call)) fail({where, step.error ? "an error" : "an answer", "none, however long one waits"});
        const answer& ours = *call.answered;
        if (step.error) {
            const json recorded = {{"code", step.error->code}, {"message", step.error->message}};
            if (ours) return differ({where + ".error", recorded.dump(), "accepted: " + shorten(*ours)});
            if (to_string(ours.error().code) != step.error->code) {
                differ({where + ".error.code", recorded.dump(), refusal(ours.error()).dump()});
            }
            return;
        }
        const json recorded = step.response.value_or(json::object());
        if (!ours) return differ({where + ".error", shorten(recorded), refusal(ours.error()).dump()});
        if (auto found = first_difference(recorded, *ours, where, names_, tolerated_)) fail(*found);
        for (const auto& [variable, path] : step.save) {
            const json* value = at_path(*ours, path);
            if (value != nullptr) names_.set(variable, value->is_string() ? value->get<std::string>() : value->dump());
        }
    }

    void compare_histories() {
        std::map<std::string, std::vector<const recorded_run*>> recorded;
        for (const auto& run : script_.history) recorded[run.workflow_id].push_back(&run);
        for (const auto& [workflow_id, runs] : recorded) {
            request_.clear();
            const std::string where = "history of " + workflow_id;
            const auto ours = runs_of(names_.substitute(workflow_id), runs.size(), where);
            if (runs.front()->error) {
                if (!ours.empty()) differ({where, runs.front()->error->message, std::to_string(ours.size()) + " runs"});
                continue;
            }
            if (ours.size() != runs.size()) {
                fail({where, std::to_string(runs.size()) + " runs", std::to_string(ours.size()) + " runs"});
            }
            for (std::size_t i = 0; i < runs.size(); ++i) {
                const std::string place = where + " run " + std::to_string(i + 1);
                if (auto found = first_difference(runs[i]->events, ours[i], place, names_, tolerated_)) fail(*found);
            }
        }
    }

    /// The histories of a workflow's runs, oldest first: all of them, or if that is not how many were recorded, the newest run
    /// and those that it continues. A run whose id was reused is not a part of its successor's chain.
    std::vector<json> runs_of(const std::string& workflow_id, std::size_t wanted, const std::string& where) {
        const json listed =
            ask("ListWorkflowExecutions", {{"namespace", "default"}, {"query", "WorkflowId = '" + workflow_id + "'"}}, where);
        const json infos = listed.value("executions", json::array());
        std::vector<json> histories;
        std::string follows;
        // The list is newest first.
        for (const auto& info : infos) {
            const auto run_id = info.at("execution").at("runId").get<std::string>();
            if (infos.size() != wanted && !histories.empty() && run_id != follows) continue;
            histories.push_back(history_of(workflow_id, run_id, where));
            const json* before = at_path(histories.back(), "0.workflowExecutionStartedEventAttributes.continuedExecutionRunId");
            follows = before == nullptr ? std::string() : before->get<std::string>();
        }
        std::reverse(histories.begin(), histories.end());
        return histories;
    }

    json history_of(const std::string& workflow_id, const std::string& run_id, const std::string& where) {
        json events = json::array();
        std::string token;
        do {
            json request = {{"namespace", "default"}, {"execution", {{"workflowId", workflow_id}, {"runId", run_id}}}};
            if (!token.empty()) request["nextPageToken"] = token;
            const json page = ask("GetWorkflowExecutionHistory", request, where);
            if (page.contains("history")) {
                for (const auto& event : page["history"].value("events", json::array())) events.push_back(event);
            }
            token = page.value("nextPageToken", std::string{});
        } while (!token.empty());
        return events;
    }

    json ask(const std::string& op, const json& request, const std::string& where) {
        const auto call = driver_.begin(op, request);
        if (!driver_.wait(*call)) fail({where, "an answer of " + op, "none, however long one waits"});
        if (!*call->answered) fail({where, "an answer of " + op, refusal(call->answered->error()).dump()});
        return *std::move(*call->answered);
    }

    [[nodiscard]] std::string place(std::size_t index) const {
        return "steps[" + std::to_string(index) + "] " + script_.steps[index].op;
    }

    /// True if the difference is on purpose and the play can go on; leaves the play if it cannot.
    bool tolerate(const difference& found) {
        const auto* entry = known_.explain(found, {file_, request_, largest_request_});
        if (entry == nullptr) return false;
        if (why_.find(entry->why) == std::string::npos) why_ += (why_.empty() ? "" : "; ") + entry->why;
        if (entry->stop) throw decided{{verdict::differs_on_purpose, why_, {}}};
        return true;
    }

    void differ(const difference& found) {
        if (!tolerate(found)) fail(found);
    }

    [[noreturn]] static void fail(const difference& found) { throw decided{{verdict::differs, {}, found}}; }

    const transcript& script_;
    std::string file_;
    driver& driver_;
    const known_differences& known_;
    variables names_;
    tolerates tolerated_;
    std::map<std::string, open_call> open_;
    std::string request_;
    std::size_t largest_request_ = 0;
    std::string why_;
};

}  // namespace

outcome play(const transcript& script, const std::string& file, driver& target, const std::string& number,
             const known_differences& known) {
    return performance(script, file, target, number, known).run();
}

}  // namespace perdure::conformance
