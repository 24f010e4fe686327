#include "sdk/testing/test_worker.hpp"

#include <utility>

#include "api/carried_history.hpp"
#include "api/payload.hpp"
#include "perdure/errors.hpp"

namespace perdure::test {
namespace {

template <class... F>
struct overloaded : F... {
    using F::operator()...;
};

detail::core_options to_core(const test_worker::settings& given, const detail::workflow_registry& workflows) {
    detail::core_options options;
    options.identity = given.identity;
    options.task_queue = given.task_queue;
    if (given.policy == detail::cache_policy::sticky) options.sticky_queue = given.identity + ":sticky";
    options.workflow_slots = workflows.empty() ? 0 : 1000;
    // Also without a registered activity: one that nobody runs must fail the test and not wait for ever.
    options.activity_slots = 1000;
    options.seed = given.seed;
    options.conversion = given.conversion;
    return options;
}

}  // namespace

test_worker::test_worker(settings given, const detail::registrations& registered, const scripts& mocks, server::node& node,
                         worker_observer& observer)
    : settings_(std::move(given)),
      mocks_(mocks),
      observer_(observer),
      workflows_(registered.workflows()),
      activities_(registered.activities()),
      node_(node),
      host_(*workflows_, {.identity = settings_.identity, .policy = settings_.policy, .guard_code = settings_.guard_code}, this),
      core_(to_core(settings_, *workflows_)) {}

test_worker::~test_worker() { session_.reset(); }

detail::moment test_worker::to_moment(wall_time now) {
    return detail::moment(std::chrono::duration_cast<detail::moment::duration>(now.time_since_epoch()));
}

bool test_worker::step(wall_time now) {
    now_ = now;
    if (!effects_.empty()) {
        detail::effect wanted = std::move(effects_.front());
        effects_.pop_front();
        carry_out(wanted, now);
        return true;
    }
    if (!from_server_.empty()) {
        const auto frame = std::move(from_server_.front());
        from_server_.pop_front();
        core_.receive(frame, to_moment(now));
    }
    for (const auto& [job, running] : running_) {
        if (!running.ends_at || *running.ends_at > now) continue;
        finish(job, now);
        break;
    }
    io_.restart();
    io_.poll();
    core_.advance(to_moment(now));
    for (auto& wanted : core_.take_effects()) effects_.push_back(std::move(wanted));
    return !effects_.empty() || !from_server_.empty();
}

std::optional<wall_time> test_worker::next_due(wall_time now) const {
    std::optional<wall_time> earliest;
    const auto consider = [&](wall_time due) {
        if (!earliest || due < *earliest) earliest = due;
    };
    if (const auto due = core_.next_due())
        consider(std::max(now, wall_time(std::chrono::duration_cast<wall_time::duration>(due->time_since_epoch()))));
    for (const auto& [job, running] : running_)
        if (running.ends_at) consider(*running.ends_at);
    return earliest;
}

void test_worker::carry_out(detail::effect& wanted, wall_time now) {
    std::visit(
        overloaded{
            [&](detail::open_connection&) {
                session_ = node_.open_session(
                    {.send =
                         [this](pb::worker::ServerMessage&& message) {
                             unpack_histories(message);
                             from_server_.push_back(std::make_shared<pb::worker::FromServer>());
                             *from_server_.back()->add_messages() = std::move(message);
                         },
                     .close = [this](std::string reason) { observer_.note(log_level::error, "session closed: " + reason); }});
                core_.connected(to_moment(now));
            },
            [&](detail::close_connection&) { session_.reset(); },
            [&](detail::send_frame& sent) {
                if (settings_.conversion) report_codec_trouble(sent.messages);
                if (!session_) return;
                auto frame = frame_of(sent.messages);
                session_->receive(frame);
            },
            [&](detail::run_workflow_task& task) { run_workflow(task, now); },
            [&](detail::evict_run& lost) { host_.evict(lost.run_id); }, [&](detail::start_activity& task) { start(task, now); },
            [&](detail::cancel_activity& asked) {
                const auto found = running_.find(asked.job);
                if (found == running_.end()) return;
                found->second.session->stop(asked.reason, asked.requested);
                // Real code notices by itself; a mock that has not come to its end yet ends here.
                if (found->second.hangs || found->second.ends_at) {
                    const auto stopped = std::make_exception_ptr(cancelled_error(asked.reason));
                    answer(asked.job, detail::answer_of(*found->second.session, stopped, {}), now);
                }
            },
            [&](detail::say& line) { observer_.note(line.level, line.text); },
            [&](detail::stopped& end) { observer_.note(log_level::error, "the worker stopped: " + end.error); }},
        wanted);
}

void test_worker::run_workflow(detail::run_workflow_task& task, wall_time now) {
    detail::workflow_answer answer = host_.handle(*task.task);
    const auto* message = std::get_if<std::shared_ptr<pb::worker::WorkerMessage>>(&answer.body);
    if (message != nullptr && (*message)->has_workflow_task_failed()) {
        const auto& failure = (*message)->workflow_task_failed().failure();
        observer_.workflow_task_failed(failure.message() + (failure.stack_trace().empty() ? "" : "\n") + failure.stack_trace());
    }
    core_.workflow_done(task.job, std::move(answer), to_moment(now));
}

// The core makes these failures by itself, so they show only in what it sends.
void test_worker::report_codec_trouble(const std::vector<worker_message>& messages) {
    for (const worker_message& message : messages) {
        if (!message->has_workflow_task_failed()) continue;
        const auto& failure = message->workflow_task_failed().failure();
        if (failure.application_failure_info().type() == detail::payload_codec_failed)
            observer_.workflow_task_failed(failure.message());
    }
}

void test_worker::start(detail::start_activity& task, wall_time now) {
    const std::string name = task.task->activity_type().name();
    const detail::job_id job = task.job;
    calls_.push_back(name);
    detail::activity_hooks hooks{
        .heartbeat =
            [this, job](std::vector<raw_payload> details) {
                core_.activity_heartbeat(job, perdure::to_proto(std::move(details)), to_moment(now_));
            },
        .log = [this](const activity_info& about, log_level level, std::string_view message,
                      std::initializer_list<kv>) { observer_.note(level, about.activity_type + ": " + std::string(message)); },
        .io = &io_};
    running_activity& running = running_[job];
    running.session = std::make_shared<detail::activity_session>(
        detail::info_of(*task.task, settings_.task_queue), perdure::from_proto(task.task->heartbeat_details()), std::move(hooks));
    running.input = perdure::from_proto(task.task->input());

    if (const auto found = mocks_.find(name); found != mocks_.end()) {
        found->second->inputs.push_back(running.input);
        const detail::mock_step* what = found->second->next();
        if (what != nullptr) {
            running.body = std::make_shared<detail::activity_function>(what->body);
            running.hangs = what->hangs;
            if (what->hangs) return;
            if (what->takes.count() > 0) {
                running.ends_at = now + what->takes;
                return;
            }
            return finish(job, now);
        }
    } else if (const auto* real = activities_->find(name)) {
        running.body = std::shared_ptr<const detail::activity_function>(activities_, real);
        return finish(job, now);
    }
    observer_.nobody_runs(name);
    answer(job, detail::refuse_unknown_activity(name, *activities_), now);
}

void test_worker::finish(detail::job_id job, wall_time now) {
    running_activity& running = running_.at(job);
    running.ends_at.reset();
    const auto body = running.body;
    if (const auto* blocking = std::get_if<detail::blocking_activity>(&body->body))
        return answer(job, detail::run_blocking(*blocking, running.session, running.input), now);
    ++awaited_;
    detail::run_awaited(std::get<detail::awaited_activity>(body->body), running.session, running.input,
                        [this, job](detail::activity_answer with) {
                            --awaited_;
                            answer(job, std::move(with), now_);
                        });
}

void test_worker::answer(detail::job_id job, detail::activity_answer with, wall_time now) {
    if (running_.erase(job) == 0) return;
    core_.activity_done(job, std::move(with), to_moment(now));
}

void test_worker::log(const detail::run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) {
    std::string line = run.workflow_id + ": " + std::string(message);
    for (const kv& field : fields) line += " " + std::string(field.key()) + "=" + std::string(field.value());
    observer_.note(level, line);
}

}  // namespace perdure::test
