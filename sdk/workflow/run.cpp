#include "sdk/workflow/run.hpp"

#include <mutex>
#include <utility>

#include <perdure/errors.hpp>

#include "api/assert.hpp"
#include "sdk/workflow/debug_layout.hpp"

// A run's life, and which run a thread is executing.

namespace perdure::detail {
namespace {

thread_local run* executing = nullptr;

std::atomic<std::uint64_t> refused_count{0};

}  // namespace

/// All living runs, as a list that a debugger can walk. The program itself asks only when a context is used on the wrong
/// thread: it may belong to a run that is gone.
struct run_registry {
    std::mutex guard;

    static run_registry& get() {
        static run_registry* const registry = new run_registry;  // outlives every static run
        return *registry;
    }
    void add(run& made) {
        const std::scoped_lock lock(guard);
        run* newest = static_cast<run*>(perdure_debug_runs);
        made.older_run_ = newest;
        if (newest != nullptr) newest->newer_run_ = &made;
        perdure_debug_runs = &made;
    }
    void remove(run& gone) {
        const std::scoped_lock lock(guard);
        if (gone.older_run_ != nullptr) gone.older_run_->newer_run_ = gone.newer_run_;
        if (gone.newer_run_ != nullptr) {
            gone.newer_run_->older_run_ = gone.older_run_;
        } else {
            perdure_debug_runs = gone.older_run_;
        }
    }
    void report_foreign_thread(const run* owner) {
        const std::scoped_lock lock(guard);
        for (run* at = static_cast<run*>(perdure_debug_runs); at != nullptr; at = at->older_run_)
            if (at == owner) return at->report_foreign_thread();
    }
};

constinit thread_local run* guarded_run = nullptr;

workflow_code::workflow_code(run& owner) noexcept
    : before_(std::exchange(guarded_run, owner.code_guarded() ? &owner : nullptr)) {}

[[gnu::noinline]] run* current_run() noexcept { return executing; }

[[gnu::noinline]] run_guard::run_guard(run& owner) noexcept : before_(std::exchange(executing, &owner)) {}
[[gnu::noinline]] run_guard::~run_guard() { executing = before_; }

std::uint64_t refused_in_eviction() noexcept { return refused_count.load(std::memory_order_relaxed); }
void count_refused_in_eviction() noexcept { refused_count.fetch_add(1, std::memory_order_relaxed); }

run& checked(run* owner) {
    run* here = current_run();
    if (owner != nullptr && here == owner) return *owner;
    if (here != nullptr) {
        misuse_error error(owner == nullptr
                               ? "an operation that was refused while the run was evicted cannot be used"
                               : "a context, operation or handle of another run was used; they belong to the run that made them");
        here->remember_misuse(std::make_exception_ptr(error));
        throw error;
    }
    run_registry::get().report_foreign_thread(owner);
    throw misuse_error(
        "a workflow context was used outside of its workflow's thread: only workflow coroutines may use it, and only while they "
        "run; "
        "do work on other threads in activities");
}

run::run(const workflow_type& type, workflow_info info, std::string_view seed)
    : type_(type), info_(std::move(info)), random_(seed) {
    static_cast<void>(branches_.add(branch_kind::main, 0, 0, nullptr));
    run_registry::get().add(*this);
}

run::~run() {
    evict();
    run_registry::get().remove(*this);
}

void run::evict() noexcept {
    const run_guard guard(*this);
    evicting_ = true;
    current_ = nullptr;
    ready_.clear();
    dead_.clear();
    conditions_.clear();
    slots_.forget_waiters();
    branches_.forget_waiters();
    // The newest first: a child goes before the frame that awaits it.
    while (newest_ != nullptr) newest_->self.destroy();
    if (object_ != nullptr) {
        type_.destroy(object_);
        arena_.deallocate(object_, type_.object_size, type_.object_alignment);
        object_ = nullptr;
    }
    for (const std::uint32_t index : slots_.where([](const slot& row) { return row.test.closure != nullptr; }))
        release_slot(index);
}

void run::link(frame_base& frame) noexcept {
    frame.older = newest_;
    if (newest_ != nullptr) {
        newest_->newer = &frame;
    } else {
        oldest_ = &frame;
    }
    newest_ = &frame;
}

void run::unlink(frame_base& frame) noexcept {
    // A branch that was spawned, or lost a race, may outlive the frame that started it.
    for (std::uint32_t index = 0; frame.has_branches && index < branches_.size(); ++index) {
        frame_base* root = branches_.at(index).root;
        if (root != nullptr && root->parent == &frame) root->parent = nullptr;
    }
    if (branch_node& own = branches_.at(frame.branch); own.root == &frame) own.root = nullptr;
    (frame.older != nullptr ? frame.older->newer : oldest_) = frame.newer;
    (frame.newer != nullptr ? frame.newer->older : newest_) = frame.older;
}

void run::begin_activation(const activation_facts& facts, run_observer* observer) {
    facts_ = facts;
    observer_ = observer;
    refused_ = 0;
    info_.history_length = facts.history_length;
    info_.history_bytes = facts.history_bytes;
}

void run::start(const arguments& input) {
    const run_guard guard(*this);
    PERDURE_ASSERT(object_ == nullptr, "a run is started once");
    void* memory = arena_.allocate(type_.object_size, type_.object_alignment);
    constructing_ = true;
    try {
        const workflow_code users(*this);
        type_.construct(memory, input);
        constructing_ = false;
    } catch (...) {
        constructing_ = false;
        sagas_.clear();
        arena_.deallocate(memory, type_.object_size, type_.object_alignment);
        handle_thrown();
        return;
    }
    object_ = memory;
    for (auto& [event_id, carried] : std::exchange(carried_, {})) {
        deliver_signal(carried.first, std::move(carried.second), event_id);
    }
    try {
        const workflow_code users(*this);
        frame_base* root = type_.start(object_, context_ref{.owner = this, .scope = 0}, input);
        branches_.at(0).root = root;
        make_ready(*root, false);
    } catch (...) {
        handle_thrown();
    }
}

void run::handle_thrown() noexcept {
    const std::exception_ptr error = std::current_exception();
    if (!fails_workflow(error)) return fail_task(error);
    if (!failed_early_) failed_early_ = error;
}

bool run::fails_workflow(const std::exception_ptr& error) const noexcept {
    if (is_failure(error)) return true;
    for (const auto matches : type_.fails_on) {
        if (matches(error)) return true;
    }
    return false;
}

void run::fail_task(std::exception_ptr error) noexcept {
    if (fatal_) return;
    fatal_ = std::move(error);
    fatal_stack_ = thrown_stack(fatal_);
    if (fatal_stack_.empty()) fatal_stack_ = stack_text();
}

void run::add_command(command_entry entry) {
    const free_code ours;
    const command_entry& made = commands_.add(std::move(entry));
    if (observer_ != nullptr) observer_->issued(made);
}

void run::trapped(const std::string& sentence) noexcept {
    if (!traps_count()) return;
    const auto error = std::make_exception_ptr(misuse_error(sentence));
    if (!answering_) return fail_task(error);
    query_misuse_ = error;
}

void run::remember_misuse(const std::exception_ptr& error) noexcept {
    if (!evicting_ && !answering_) fail_task(error);
}

void run::request_cancel(std::string_view reason) {
    const run_guard guard(*this);
    cancel_scope(0, reason.empty() ? std::string_view("the workflow was asked to cancel") : reason);
}

bool run::admit() {
    if (evicting_) {
        count_refused_in_eviction();
        return false;
    }
    const char* problem = nullptr;
    if (answering_) problem = "a query started an operation; queries only look";
    if (closed_) problem = "an operation was started after the run had completed";
    if (problem != nullptr) {
        misuse_error error(problem);
        remember_misuse(std::make_exception_ptr(error));
        throw error;
    }
    return true;
}

void run::warn(std::string_view sentence, std::span<const kv> fields) {
    const free_code ours;
    if (observer_ != nullptr && !facts_.replaying) observer_->log(log_level::warning, sentence, fields);
}

std::size_t run::bytes() const noexcept {
    std::size_t bytes = sizeof(run) + arena_.bytes_reserved() + slots_.payload_bytes() + markers_.bytes();
    for (const std::string& text : interned_) bytes += sizeof(text) + text.capacity();
    for (const signal_binding& bound : type_.signals) {
        if (!bound.box || object_ == nullptr) continue;
        for (const message& waiting : bound.box(object_).messages_) bytes += sizeof(waiting) + size_of(waiting.content);
    }
    for (const saga* each : sagas_) {
        for (const saga_entry& entry : each->entries()) {
            bytes +=
                sizeof(entry) + entry.key.capacity() + entry.activity.capacity() + entry.group.capacity() + entry.call.capacity();
        }
    }
    return bytes;
}

bool run::adopt_saga(saga& made) {
    if (!constructing_) return false;
    const auto carried = carried_sagas_.find(sagas_.size());
    if (carried != carried_sagas_.end()) made.entries_ = std::move(carried->second);
    sagas_.push_back(&made);
    return true;
}

void run::disown_saga(saga& gone) noexcept { std::erase(sagas_, &gone); }

void run::carry_over_saga(std::size_t ordinal, std::vector<saga_entry> entries) { carried_sagas_[ordinal] = std::move(entries); }

void run::ask_continue_as_new(arguments input, const site& at) {
    if (successor_) return;
    successor_ = std::move(input);
    continued_at_ = at;
}

}  // namespace perdure::detail
