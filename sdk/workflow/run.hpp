#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "perdure/detail/combine.hpp"
#include "perdure/detail/runtime.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "perdure/info.hpp"
#include "perdure/log.hpp"
#include "perdure/saga.hpp"
#include "sdk/workflow/arena.hpp"
#include "sdk/workflow/branches.hpp"
#include "sdk/workflow/commands.hpp"
#include "sdk/workflow/markers.hpp"
#include "sdk/workflow/random.hpp"
#include "sdk/workflow/scopes.hpp"
#include "sdk/workflow/slots.hpp"
#include "sdk/workflow/workflow_code.hpp"

namespace perdure::detail {

/// What the surroundings see of a run at work. All functions are called on the run's thread.
class run_observer {
  public:
    virtual ~run_observer() = default;
    virtual void log(log_level level, std::string_view message, std::span<const kv> fields) = 0;
    virtual void count(std::string_view counter, double amount) = 0;
    /// A frame is about to be resumed; `at` is where it had been waiting.
    virtual void resuming(const frame_base& frame, const site& at) = 0;
    /// A command was made; it is the last of the run's list.
    virtual void issued(const command_entry& command) = 0;
};

/// What one activation knows before its first event.
struct activation_facts {
    std::int64_t now_ns = 0;
    bool replaying = false;
    std::int64_t history_length = 0;
    std::int64_t history_bytes = 0;
    bool suggest_continue_as_new = false;
};

/// How a run ended, once it did.
struct closing {
    enum class how { completed, failed, cancelled, continued };
    how kind = how::completed;
    arguments content{};         // the result, or the input of the successor
    std::exception_ptr error{};  // of failed
    site at{};                   // the co_return; of a failure the last await of the coroutine that threw
};

/// The lines that a call of an activity comes from.
struct call_sites {
    site at{};
    site options_at{};
    site retry_at{};
};

/// One live workflow run: frames, operations, scopes, branches, messages, and the queue that decides what runs next.
///
/// It knows nothing of histories and commands' fate: the replayer applies events to it and takes its commands. Everything
/// happens on the thread that holds a run_guard for it.
class run {
  public:
    /// `seed` is where its random numbers come from. The type must outlive the run.
    run(const workflow_type& type, workflow_info info, std::string_view seed);
    ~run();
    run(const run&) = delete;
    run& operator=(const run&) = delete;

    // --- driven by the replayer ---------------------------------------------------------------------------------------------
    void begin_activation(const activation_facts& facts, run_observer* observer);
    void watch(run_observer* observer) noexcept { observer_ = observer; }
    /// Whether calls that a replay cannot repeat are trapped while the run's own code executes; see sdk/guards.
    void guard_code(bool on) noexcept { code_guarded_ = on; }
    /// Makes the object and the coroutine; before it runs, what the previous run left unread is delivered.
    void start(const arguments& input);
    void deliver_signal(std::string_view name, arguments content, std::int64_t event_id);
    void request_cancel(std::string_view reason);
    void settle_value(std::uint32_t slot, std::uint32_t generation, arguments value);
    /// As settle_error, for an operation that ended because it was cancelled.
    void settle_cancel(std::uint32_t slot, std::uint32_t generation, std::exception_ptr error);
    void settle_error(std::uint32_t slot, std::uint32_t generation, std::exception_ptr error);
    /// Runs everything that can run, then what conditions set free, until nothing moves.
    void drain();
    /// After the last event: decides whether the run has ended, and how. Called once an activation.
    void end_activation();

    [[nodiscard]] const std::exception_ptr& fatal() const noexcept { return fatal_; }
    [[nodiscard]] const std::string& fatal_stack() const noexcept { return fatal_stack_; }
    [[nodiscard]] const std::optional<closing>& closed() const noexcept { return closed_; }
    [[nodiscard]] bool started() const noexcept { return object_ != nullptr; }
    [[nodiscard]] command_list& commands() noexcept { return commands_; }
    [[nodiscard]] const command_list& commands() const noexcept { return commands_; }
    [[nodiscard]] slot_table& slots() noexcept { return slots_; }
    [[nodiscard]] marker_book& markers() noexcept { return markers_; }
    [[nodiscard]] const workflow_type& type() const noexcept { return type_; }
    [[nodiscard]] std::size_t bytes() const noexcept;
    void fail_task(std::exception_ptr error) noexcept;
    void add_command(command_entry entry);
    /// Workflow code did what a replay cannot repeat: fails the task, or the query that is being answered.
    void trapped(const std::string& sentence) noexcept;
    /// Whether a trapped call would still change how the task or the query ends.
    [[nodiscard]] bool traps_count() const noexcept { return !evicting_ && (answering_ ? !query_misuse_ : !fatal_); }
    [[nodiscard]] bool code_guarded() const noexcept { return code_guarded_; }
    /// Where the frame that is running had been waiting; nullptr when none runs.
    [[nodiscard]] const site* last_await() const noexcept { return current_ == nullptr ? nullptr : &current_->waiting_at; }

    /// Messages that nobody has read, in the order of their arrival, with the signals they belong to.
    [[nodiscard]] std::vector<std::pair<std::string, message>> unread() const;
    /// Puts back what a previous run had not read. Before `start` creates the object they wait outside of the boxes.
    void carry_over(std::string signal, arguments content);
    void carry_over_saga(std::size_t ordinal, std::vector<saga_entry> entries);
    /// The sagas that are members of the workflow object, in the order of their construction.
    [[nodiscard]] std::span<saga* const> sagas() const noexcept { return sagas_; }
    [[nodiscard]] bool adopt_saga(saga& made);
    void disown_saga(saga& gone) noexcept;

    [[nodiscard]] arguments answer_query(std::string_view name, const arguments& input);
    [[nodiscard]] std::string stack_text() const;
    /// The stack of the coroutine that is running, which issues something at this site.
    [[nodiscard]] std::string issuing_stack(const site& at) const;
    /// Where the coroutine that is running was awaited or started.
    [[nodiscard]] site awaited_at() const noexcept;
    /// The user's object; nullptr before it was made.
    [[nodiscard]] const void* object() const noexcept { return object_; }
    [[nodiscard]] std::string status_json() const;
    /// The stack of the coroutines that an exception left; empty if it was not seen leaving one.
    [[nodiscard]] std::string thrown_stack(const std::exception_ptr& error) const;

    // --- reached from user code ---------------------------------------------------------------------------------------------
    /// Throws misuse_error unless an operation may be started now. False: the run is being evicted, do nothing.
    [[nodiscard]] bool admit();
    [[nodiscard]] op_ref issue(slot_kind kind, context_ref where, const site& at);
    [[nodiscard]] op_ref condition_wait(slot_kind kind, context_ref where, const condition& test, const site& at);
    [[nodiscard]] op_ref activity(context_ref where, std::string_view name, arguments input, const activity_options& options,
                                  const site& at);
    [[nodiscard]] op_ref schedule(context_ref where, std::unique_ptr<temporal::api::command::v1::Command> message,
                                  cancellation_type cancellation, const call_sites& sites);
    [[nodiscard]] op_ref prepared_activity(context_ref where, const std::string& attributes, const site& at);
    [[nodiscard]] op_ref timer(slot_kind kind, context_ref where, std::chrono::milliseconds delay, const site& at);
    void deadline(context_ref where, std::uint32_t guarded, std::chrono::milliseconds delay, const site& at);
    [[nodiscard]] op_ref receive(context_ref where, mailbox_base& box, const site& at);
    [[nodiscard]] arguments take(op_ref op);
    void cancel_slot(std::uint32_t slot, std::string_view reason);
    void drop_slot(op_ref op, std::string_view reason);
    [[nodiscard]] branch_ref spawn(branch_kind kind, frame_base& root, std::uint32_t scope, bool front);
    void release_branch(std::uint32_t branch);
    void release_slot(std::uint32_t slot);
    [[nodiscard]] std::string_view intern(std::string_view text) { return interned_.emplace_back(text); }
    void note_throw(const frame_base& frame) noexcept;
    [[nodiscard]] site left_at(const std::exception_ptr& error) const noexcept;
    void cancel_branch(std::uint32_t branch, std::string_view reason);
    /// The branch runs to its end, but nobody wants what it returns.
    void lose_branch(std::uint32_t branch, std::string_view reason);
    void cancel_scope(std::uint32_t scope, std::string_view reason);
    /// Why an operation of the scope and the branch is cancelled; nullptr if it is not.
    [[nodiscard]] const std::string* why_cancelled(std::uint32_t scope, std::uint32_t branch) const noexcept;
    void ask_continue_as_new(arguments input, const site& at);
    [[nodiscard]] std::uint64_t next_birth() noexcept { return ++births_; }
    [[nodiscard]] std::uint64_t next_settlement() noexcept { return ++settlements_; }
    void make_ready(frame_base& frame, bool front);
    void frame_done(frame_base& frame) noexcept;
    void link(frame_base& frame) noexcept;
    void unlink(frame_base& frame) noexcept;
    void reap_later(frame_base& frame);
    void warn(std::string_view sentence, std::span<const kv> fields = {});

    [[nodiscard]] arena& memory() noexcept { return arena_; }
    [[nodiscard]] scope_tree& scopes() noexcept { return scopes_; }
    [[nodiscard]] branch_table& branches() noexcept { return branches_; }
    [[nodiscard]] std::uint32_t current_branch() const noexcept { return current_ == nullptr ? 0 : current_->branch; }
    [[nodiscard]] bool evicting() const noexcept { return evicting_; }
    [[nodiscard]] bool answering() const noexcept { return answering_; }
    [[nodiscard]] bool replaying() const noexcept { return facts_.replaying; }
    [[nodiscard]] const activation_facts& facts() const noexcept { return facts_; }
    [[nodiscard]] const workflow_info& info() const noexcept { return info_; }
    [[nodiscard]] run_observer* observer() const noexcept { return observer_; }
    [[nodiscard]] run_random_source& random() noexcept { return random_; }
    void remember_misuse(const std::exception_ptr& error) noexcept;
    void report_foreign_thread() noexcept { foreign_thread_.store(true, std::memory_order_relaxed); }

  private:
    friend class run_describer;
    friend struct debug_access;
    friend struct run_registry;

    void evict() noexcept;
    void step(frame_base& frame);
    void reap() noexcept;
    [[nodiscard]] bool fire_one_condition();
    void settle(std::uint32_t slot);
    void settle_cancelled(std::uint32_t slot, std::string_view reason);
    void refuse(std::uint32_t slot, std::string_view reason);
    void cancel_pending();
    void branch_finished(std::uint32_t branch, bool front);
    void hand_over(mailbox_base& box, message content);
    void handle_thrown() noexcept;
    void close_finished();
    void warn_of_loose_ends();
    [[nodiscard]] bool fails_workflow(const std::exception_ptr& error) const noexcept;

    const workflow_type& type_;
    workflow_info info_;
    arena arena_;
    slot_table slots_{&arena_};
    scope_tree scopes_{&arena_};
    branch_table branches_{&arena_};
    command_list commands_;
    marker_book markers_;
    run_random_source random_;
    std::pmr::deque<frame_base*> ready_{&arena_};
    std::pmr::vector<frame_base*> dead_{&arena_};
    std::pmr::vector<std::uint32_t> conditions_{&arena_};
    std::map<std::int64_t, std::pair<std::string, arguments>> carried_;
    std::map<std::size_t, std::vector<saga_entry>> carried_sagas_;
    std::vector<saga*> sagas_;
    frame_base* oldest_ = nullptr;
    frame_base* newest_ = nullptr;
    frame_base* current_ = nullptr;
    void* object_ = nullptr;
    activation_facts facts_;
    run_observer* observer_ = nullptr;
    std::optional<arguments> successor_;  // the input of the run that continues this one
    site continued_at_;
    std::optional<closing> closed_;
    std::exception_ptr failed_early_;  // a handler's failure, which ends the run
    std::exception_ptr fatal_;
    std::exception_ptr query_misuse_;  // of the query that is being answered
    std::string fatal_stack_;
    std::exception_ptr last_thrown_;
    std::vector<site> thrown_at_;
    std::deque<std::string> interned_;
    std::uint64_t births_ = 0;
    std::uint64_t settlements_ = 0;
    std::uint32_t activities_ = 0;
    std::uint32_t timers_ = 0;
    std::uint32_t refused_ = 0;
    std::uint32_t handlers_ = 0;  // running and worth waiting for
    std::uint32_t losers_ = 0;
    bool constructing_ = false;
    bool evicting_ = false;
    bool answering_ = false;
    bool code_guarded_ = false;
    std::atomic<bool> foreign_thread_{false};
    // What debuggers walk: the list of the living, and the type under an address that offsetof can give.
    run* older_run_ = nullptr;
    run* newer_run_ = nullptr;
    const workflow_type* debug_type_ = &type_;
};

/// The run whose code the calling thread is executing, or nullptr.
[[nodiscard]] run* current_run() noexcept;

/// Makes a run the current one of this thread while it lives.
class run_guard {
  public:
    explicit run_guard(run& owner) noexcept;
    ~run_guard();
    run_guard(const run_guard&) = delete;
    run_guard& operator=(const run_guard&) = delete;

  private:
    run* before_;
};

/// Operations that destructors of workflow code asked for while their run was evicted, since the program started. They are
/// refused; more than 0 is a mistake in workflow code.
[[nodiscard]] std::uint64_t refused_in_eviction() noexcept;
void count_refused_in_eviction() noexcept;

/// The run of a reference, checked: throws misuse_error if this thread is not the one that executes it.
[[nodiscard]] run& checked(run* owner);

}  // namespace perdure::detail
