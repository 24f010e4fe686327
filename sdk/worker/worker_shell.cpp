#include "sdk/worker/worker_shell.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "sdk/activity/activity_runner.hpp"
#include "sdk/worker/activity_pool.hpp"
#include "sdk/worker/core/short_activities.hpp"
#include "sdk/worker/core/worker_core.hpp"
#include "sdk/worker/gate.hpp"
#include "sdk/worker/heartbeat_slot.hpp"
#include "sdk/worker/log_lines.hpp"
#include "sdk/worker/native_stack.hpp"
#include "sdk/worker/relieved_loop.hpp"
#include "sdk/worker/worker_setup.hpp"
#include "sdk/worker/workflow_thread.hpp"

namespace perdure::detail {
namespace {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

template <class... F>
struct overloaded : F... {
    using F::operator()...;
};

// What others bring while the loop goes round leaves in one frame; work that goes on for this long is no reason to wait.
constexpr int max_gathering_rounds = 16;

// Frames wait meanwhile.
constexpr std::chrono::milliseconds longest_row{1};

// What a run that is cached gets has a few events; a history that has to be replayed has its own thread.
constexpr int most_events_of_errand = 64;

}  // namespace

struct worker_shell::impl {
    impl(const worker_options& given, const registrations& registered, std::shared_ptr<connection> connected_by)
        : options(given),
          via(std::move(connected_by)),
          measurements(make_meter(given, via->space())),
          lines(std::make_shared<log_lines>(given.least_log_level, given.log_to, measurements)),
          activities(registered.activities()),
          core(to_core(given, registered, *via), *measurements),
          around(surround(given, registered, core.options(), lines, measurements)),
          watch(given.deadlock_timeout.count() > 0 && core.options().workflow_slots > 0 && !is_debugged()),
          pool(std::max(1U, given.activity_threads)) {
        around->answer = [this, gate = back](job_id job, workflow_answer answer, gate::urgency how) {
            gate->post(
                [this, job, answer = std::move(answer)]() mutable { core.workflow_done(job, std::move(answer), steady::now()); },
                how);
        };
        if (core.options().workflow_slots > 0)
            for (unsigned index = 0; index < std::max(1U, given.workflow_threads); ++index)
                threads.push_back(std::make_unique<workflow_thread>(around));
    }

    worker_options options;
    std::shared_ptr<connection> via;
    std::shared_ptr<meter> measurements;
    std::shared_ptr<log_lines> lines;
    std::shared_ptr<const activity_registry> activities;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    worker_core core;
    std::shared_ptr<gate> back = std::make_shared<gate>([this] { asio::post(io, [this] { come_home(0); }); });
    std::unique_ptr<worker_stream> stream;
    std::shared_ptr<workflow_surroundings> around;
    std::vector<std::unique_ptr<workflow_thread>> threads;
    bool watch;
    asio::steady_timer due_timer{io};
    std::optional<moment> due_at;
    asio::steady_timer watch_timer{io};
    bool watching = false;

    asio::io_context activity_io{1};
    asio::executor_work_guard<asio::io_context::executor_type> activity_work{activity_io.get_executor()};
    std::thread activity_io_thread;
    std::map<job_id, std::shared_ptr<activity_session>> sessions;
    activity_pool pool;
    short_activities brief{std::chrono::microseconds(100)};
    short_activities tiny{std::chrono::microseconds(10)};

    // Activities that are over sooner than they could be given away, in the order in which they came.
    std::deque<start_activity> row;
    std::optional<moment> row_since;
    // A task that is the only one of its turn of the loop; with more of them, threads share the work.
    std::optional<std::variant<run_workflow_task, start_activity>> lone_task;
    bool several_tasks = false;

    latch ended;
    bool over = false;
    std::string refusal;
    std::optional<relieved_loop> loop;

    void start() {
        asio::post(io, [this] { pump(); });
        loop.emplace(relieved_loop::parts{.turn = [this] { return turn(); },
                                          .next_errand = [this] { return next_errand(); },
                                          .bring_home = [gate = back](auto outcome) { gate->post(std::move(outcome)); }});
    }

    bool turn() {
        if (!over) {
            io.run_one();
            return true;
        }
        // The last frames and the goodbye.
        io.run_for(std::chrono::milliseconds(500));
        return false;
    }

    /// Takes in what other threads have brought, and sends what follows from all of it together.
    void come_home(int rounds) {
        if (!back->run()) return pump();
        if (rounds == max_gathering_rounds) {
            pump();
            rounds = 0;
        }
        asio::post(io, [this, rounds] { come_home(rounds + 1); });
    }

    /// Does what the core wants until it wants nothing more.
    void pump() {
        if (over) return;
        // An answer that waits for the next one does not wait for a task that never ends.
        back->run();
        core.advance(steady::now());
        for (auto effects = core.take_effects(); !effects.empty(); effects = core.take_effects())
            for (auto& wanted : effects) carry_out(wanted);
        if (!over) set_timer();
    }

    void carry_out(effect& wanted) {
        std::visit(overloaded{[&](open_connection&) { open(); },
                              [&](close_connection& end) {
                                  if (end.hangs) via->leave_server();
                                  hang_up();
                              },
                              [&](send_frame& sent) {
                                  if (stream) stream->send(sent.messages);
                              },
                              [&](run_workflow_task& task) { take_on(task); },
                              [&](evict_run& lost) {
                                  pass_on_waiting();
                                  thread_of(lost.run_id).evict(std::move(lost.run_id));
                              },
                              [&](start_activity& task) {
                                  const auto* function = activities->find(task.task->activity_type().name());
                                  if (!tiny.contain(function)) return take_on(task);
                                  row.push_back(std::move(task));
                              },
                              [&](cancel_activity& asked) {
                                  pass_on_waiting();
                                  if (const auto found = sessions.find(asked.job); found != sessions.end())
                                      found->second->stop(std::move(asked.reason), asked.requested);
                              },
                              [&](say& line) { lines->write(line.level, "worker " + options.task_queue + ": " + line.text); },
                              [&](stopped& end) { finish(std::move(end.error)); }},
                   wanted);
    }

    void open() {
        hang_up();
        stream = via->open_stream(io, {.opened =
                                           [this] {
                                               core.connected(steady::now());
                                               pump();
                                           },
                                       .received =
                                           [this](const std::shared_ptr<pb::worker::FromServer>& frame) {
                                               core.receive(frame, steady::now());
                                               pump();
                                           },
                                       .closed =
                                           [this](std::string reason) {
                                               core.disconnected(reason, steady::now());
                                               pump();
                                           }});
    }

    void hang_up() {
        if (!stream) return;
        // This may be running inside one of the stream's own events.
        asio::post(io, [old = std::shared_ptr<worker_stream>(std::move(stream))] {});
    }

    void set_timer() {
        const auto due = core.next_due();
        if (due == due_at) return;
        due_at = due;
        if (!due) {
            due_timer.cancel();
            return;
        }
        due_timer.expires_at(*due);
        due_timer.async_wait([this](const boost::system::error_code& cancelled) {
            if (cancelled) return;
            due_at.reset();
            pump();
        });
    }

    [[nodiscard]] workflow_thread& thread_of(const std::string& run_id) {
        return *threads[std::hash<std::string>{}(run_id) % threads.size()];
    }

    template <class Task>
    void take_on(Task& task) {
        if (!several_tasks && !lone_task) {
            lone_task.emplace(std::move(task));
            return;
        }
        several_tasks = true;
        pass_on_lone_task();
        pass_on(task);
    }

    void pass_on_lone_task() {
        if (auto task = std::exchange(lone_task, std::nullopt)) std::visit([this](auto& lone) { pass_on(lone); }, *task);
    }

    void pass_on_row() {
        for (start_activity& task : std::exchange(row, {})) pass_on(task);
        row_since.reset();
    }

    /// What waits for this thread is begun by others, so that what comes next finds it begun.
    void pass_on_waiting() {
        pass_on_lone_task();
        pass_on_row();
    }

    void pass_on(run_workflow_task& task) {
        auto& chosen = thread_of(task.task->workflow_execution().run_id());
        chosen.submit(task.job, std::move(task.task));
        if (watch && !watching) watch_again();
    }

    void pass_on(start_activity& task) {
        if (auto body = begin_activity(task)) pool.submit([gate = back, body = std::move(body)] { gate->post(body()); });
    }

    /// A task that came alone is run here where it is likely to be over sooner than another thread would be awake.
    errand next_errand() {
        several_tasks = false;
        if (over) return nullptr;
        if (!row.empty()) {
            pass_on_lone_task();
            return next_of_row();
        }
        if (!lone_task) return nullptr;
        errand body = std::visit([this](auto& lone) { return run_here(lone); }, *lone_task);
        if (!body) {
            pass_on_lone_task();
            return nullptr;
        }
        lone_task.reset();
        return [this, body = std::move(body)] {
            return [this, outcome = body()] {
                if (outcome) outcome();
                pump();
            };
        };
    }

    /// What follows from them all is done together.
    errand next_of_row() {
        if (!row_since) row_since = steady::now();
        if (steady::now() - *row_since > longest_row) pass_on_row();
        while (!row.empty()) {
            start_activity task = std::move(row.front());
            row.pop_front();
            errand body = run_here(task);
            if (!body) {
                pass_on(task);
                continue;
            }
            return [this, body = std::move(body)] {
                return [this, outcome = body()] {
                    outcome();
                    if (!row.empty()) return;
                    row_since.reset();
                    pump();
                };
            };
        }
        row_since.reset();
        return nullptr;
    }

    /// Null when it is not for here; nothing has happened to the task then.
    errand run_here(run_workflow_task& task) {
        if (!watch || task.task->history().events_size() > most_events_of_errand) return nullptr;
        auto body = thread_of(task.task->workflow_execution().run_id()).lend(task.job, task.task);
        if (!body) return nullptr;
        if (!watching) watch_again();
        return [this, job = task.job, body = std::move(body)]() -> std::function<void()> {
            auto answer = body();
            if (!answer) return nullptr;
            return
                [this, job, answer = *std::move(answer)]() mutable { core.workflow_done(job, std::move(answer), steady::now()); };
        };
    }

    errand run_here(start_activity& task) {
        const activity_function* function = activities->find(task.task->activity_type().name());
        // No more activities at once than there are threads for.
        if (function == nullptr || !brief.contain(function) || sessions.size() >= options.activity_threads) return nullptr;
        return begin_activity(task);
    }

    void watch_again() {
        watching = true;
        watch_timer.expires_after(options.deadlock_timeout / 4);
        watch_timer.async_wait([this](const boost::system::error_code& cancelled) {
            watching = false;
            if (cancelled || over) return;
            for (auto& owner : threads)
                if (auto stuck = owner->find_stuck(options.deadlock_timeout)) replace(owner, *stuck);
            if (core.workflow_tasks_in_hand() > 0) watch_again();
            pump();
        });
    }

    void replace(std::unique_ptr<workflow_thread>& owner, const workflow_thread::stuck_task& stuck) {
        std::string sentence = "workflow code of " + stuck.task->workflow_type().name() + " (run " +
                               stuck.task->workflow_execution().run_id() + ") has not come back for " +
                               std::to_string(stuck.since.count()) +
                               " ms: it blocks or loops without awaiting; do what waits in an activity";
        if (!stuck.where.empty()) sentence += "; it was resumed last in " + stuck.where;
        const std::string stack = native_stack_of(stuck.thread);
        lines->write(log_level::error, sentence + (stack.empty() ? "" : "\n" + stack));
        auto waiting = owner->abandon();
        owner = std::make_unique<workflow_thread>(around);
        for (auto& [job, task] : waiting) owner->submit(job, std::move(task));

        workflow_answer answer{.body = stay_silent{}};
        if (stuck.task->has_query()) {
            answer.body = failed_query(*stuck.task, sentence);
        } else if (stuck.task->attempt() <= 1) {
            auto failure = make_application_failure({.type = "Deadlock", .message = sentence});
            failure.set_stack_trace(stack);
            answer.body = failed_task(*stuck.task, pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
                                      std::move(failure));
        }
        core.workflow_done(stuck.job, std::move(answer), steady::now());
    }

    /// What a blocking thread has to do for the activity; null when it has been begun or refused otherwise.
    errand begin_activity(start_activity& task) {
        const job_id job = task.job;
        auto beats = std::make_shared<heartbeat_slot>(
            [this, job](pb::common::Payloads details) { core.activity_heartbeat(job, std::move(details), steady::now()); });
        activity_hooks hooks{
            .heartbeat =
                [gate = back, beats](std::vector<raw_payload> details) {
                    if (beats->put(std::move(details))) gate->post([beats] { beats->deliver(); });
                },
            .log = [lines = lines](const activity_info& about, log_level level, std::string_view message,
                                   std::initializer_list<kv> fields) { lines->write_activity(about, level, message, fields); },
            .io = &activity_io};
        auto session = std::make_shared<activity_session>(info_of(*task.task, options.task_queue),
                                                          perdure::from_proto(task.task->heartbeat_details()), std::move(hooks));
        sessions.emplace(job, session);
        const activity_function* function = activities->find(task.task->activity_type().name());
        if (function == nullptr) {
            measurements->add(counter::unregistered_activity_invocation, task.task->activity_type().name());
            const auto refused = refuse_unknown_activity(task.task->activity_type().name(), *activities);
            lines->write(log_level::error, std::get<activity_failed>(refused).failure.message());
            activity_over(job, refused);
            pump();
            return nullptr;
        }
        auto input = perdure::from_proto(task.task->input());
        if (const auto* blocking = std::get_if<blocking_activity>(&function->body)) {
            return [this, keep = activities, function, blocking, session, input = std::move(input), job] {
                const auto began = steady::now();
                auto answer = run_blocking(*blocking, session, input);
                return [this, function, took = steady::now() - began, job, answer = std::move(answer)]() mutable {
                    brief.ran(function, took);
                    tiny.ran(function, took);
                    activity_over(job, std::move(answer));
                };
            };
        }
        if (!activity_io_thread.joinable()) activity_io_thread = std::thread([this] { activity_io.run(); });
        asio::post(activity_io, [this, awaited = &std::get<awaited_activity>(function->body), session, input = std::move(input),
                                 job]() mutable {
            run_awaited(*awaited, session, std::move(input), [this, job](activity_answer answer) {
                back->post([this, job, answer = std::move(answer)]() mutable { activity_over(job, std::move(answer)); });
            });
        });
        return nullptr;
    }

    void activity_over(job_id job, activity_answer answer) {
        if (const auto found = sessions.find(job); found != sessions.end()) {
            if (const auto* failed = std::get_if<activity_failed>(&answer)) {
                const activity_info& about = found->second->info();
                lines->write_activity(about, log_level::warning, "activity failed: " + describe_failure(failed->failure), {});
            }
            sessions.erase(found);
        }
        core.activity_done(job, std::move(answer), steady::now());
    }

    void finish(std::string error) {
        over = true;
        refusal = std::move(error);
        due_timer.cancel();
        watch_timer.cancel();
        hang_up();
        work.reset();
        ended.open();
    }
};

worker_shell::worker_shell(const worker_options& options, const registrations& registered, std::shared_ptr<connection> via)
    : impl_(std::make_unique<impl>(options, registered, std::move(via))) {
    impl_->start();
}

worker_shell::~worker_shell() {
    cut_short();
    impl_->ended.wait();
    impl_->back->close();
    impl_->threads.clear();
    for (auto& [job, session] : impl_->sessions) session->stop("the worker has stopped", false);
    impl_->activity_work.reset();
    impl_->activity_io.stop();
    if (impl_->activity_io_thread.joinable()) impl_->activity_io_thread.join();
    impl_->loop.reset();
    const std::shared_ptr<log_lines> lines = impl_->lines;
    impl_.reset();
    // Threads that were given up outlive all of this.
    lines->close();
}

void worker_shell::drain() {
    asio::post(impl_->io, [shell = impl_.get()] {
        shell->core.drain(steady::now());
        shell->pump();
    });
}

void worker_shell::cut_short() {
    asio::post(impl_->io, [shell = impl_.get()] {
        if (!shell->over) shell->finish({});
    });
}

std::string worker_shell::wait() {
    impl_->ended.wait();
    return impl_->refusal;
}

}  // namespace perdure::detail
