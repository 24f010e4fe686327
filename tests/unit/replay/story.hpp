#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <perdure/errors.hpp>
#include <perdure/workflow.hpp>

#include "api/payload.hpp"
#include "api/proto.hpp"
#include "sdk/replay/workflow_run.hpp"

namespace perdure::test {

/// How a story treats the memory of its run and how it hands events over.
enum class story_mode {
    cached,   // one run in memory from the first task to the last
    evicted,  // the run is dropped after each task and replays from the first event
    split,    // each event from outside gets a workflow task of its own
    split_evicted
};

struct logged_line {
    log_level level;
    std::string message;
};

/// Plays history service for one run: keeps its history, hands out workflow tasks, records commands as events. The test says what
/// happens outside. Commands come back as text, one a line:
///
///     activity charge #1 {"cents":5}      cancel-activity #1      timer #1 3600000ms      cancel-timer #1
///     marker SideEffect                   complete {"ok":true}    fail CardDeclined: no   cancelled     continue 7
class story final : public detail::run_hooks {
  public:
    story(detail::workflow_type type, story_mode mode);
    ~story() override;

    template <class In>
    story& start(const In& input) {
        return start_with(to_payloads(input));
    }
    story& start() { return start_with({}); }
    /// The first event, written by the test.
    story& start_as(const pb::history::WorkflowExecutionStartedEventAttributes& started);

    template <class In>
    story& signal(const std::string& name, const In& input) {
        return signal_with(name, to_payloads(input));
    }
    story& signal(const std::string& name) { return signal_with(name, {}); }
    story& cancel(const std::string& reason);

    template <class Out>
    story& complete(int activity, const Out& result) {
        return complete_with(activity, to_payloads(result));
    }
    story& complete(int activity) { return complete_with(activity, {}); }
    story& fail(int activity, const failure& why);
    story& time_out(int activity);
    story& acknowledge_cancel(int activity);
    story& fire(int timer);

    /// Time passes; events that follow carry the later time.
    story& pass(std::chrono::milliseconds time);

    /// A workflow task for everything that has happened, and its commands as text. In the split modes tasks have been done
    /// already; then the text holds the commands of all of them.
    std::string task();
    /// The same, for a task that fails; gives cause and message.
    std::string failing_task();

    template <class Out>
    Out query(const std::string& name) {
        return from_payloads<Out>(query_with(name, {}));
    }
    template <class Out, class In>
    Out query(const std::string& name, const In& input) {
        return from_payloads<Out>(query_with(name, to_payloads(input)));
    }
    std::string failing_query(const std::string& name);
    std::string stack();

    /// A new run replays the whole history; gives what went wrong, or "".
    std::string replay();
    /// The same against other code.
    std::string replay_with(const detail::workflow_type& other);
    /// A new run replays the history up to each event and is dropped there.
    void replay_every_prefix();

    [[nodiscard]] const pb::history::History& history() const noexcept { return history_; }
    [[nodiscard]] const pb::command::Command& last_command() const { return last_commands_.back(); }
    [[nodiscard]] const detail::activation_result& last_result() const noexcept { return last_result_; }
    [[nodiscard]] const std::vector<logged_line>& lines() const noexcept { return lines_; }
    [[nodiscard]] double counted() const noexcept { return counted_; }
    [[nodiscard]] detail::workflow_run* run() noexcept { return run_.get(); }
    [[nodiscard]] bool split() const noexcept { return mode_ == story_mode::split || mode_ == story_mode::split_evicted; }
    [[nodiscard]] detail::workflow_type& type() noexcept { return type_; }
    [[nodiscard]] pb::service::PollWorkflowTaskQueueResponse next_task();
    void evict() { run_.reset(); }
    void suggest_continue_as_new() noexcept { suggest_ = true; }

    void log(const detail::run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) override;
    void count(const detail::run_identity& run, std::string_view counter, double amount) override;

  private:
    pb::history::HistoryEvent& add(pb::enums::EventType type);
    story& outside();
    story& start_with(const pb::common::Payloads& input);
    story& signal_with(const std::string& name, const pb::common::Payloads& input);
    story& complete_with(int activity, const pb::common::Payloads& result);
    pb::common::Payloads query_with(const std::string& name, const pb::common::Payloads& input);
    std::int64_t scheduled(int activity) const;
    std::int64_t timer_started(const std::string& id) const;
    void do_task();
    void record(const pb::command::Command& command);
    void record_attributes(const pb::command::Command& command);
    detail::run_identity identity() const;
    detail::activation_result activate(detail::workflow_run& run, const pb::service::PollWorkflowTaskQueueResponse& task);
    void start_activity(int activity);

    detail::workflow_type type_;
    story_mode mode_;
    pb::history::History history_;
    std::unique_ptr<detail::workflow_run> run_;
    detail::activation_result last_result_;
    std::vector<pb::command::Command> last_commands_;
    std::string text_;
    std::vector<logged_line> lines_;
    double counted_ = 0;
    std::int64_t now_ns_ = 1'700'000'000'000'000'000;
    std::int64_t previous_started_ = 0;
    bool pending_ = false;
    bool failed_ = false;
    bool suggest_ = false;
};

/// Tells the story in every mode; each must end in a history that replays, and leave nothing behind at any event.
void in_every_mode(const std::function<detail::workflow_type()>& type, const std::function<void(story&)>& tell);

template <class W>
void tell(const std::function<void(story&)>& script) {
    in_every_mode([] { return detail::make_workflow_type<W>(); }, script);
}

/// One command as text.
[[nodiscard]] std::string command_text(const pb::command::Command& command);

}  // namespace perdure::test
