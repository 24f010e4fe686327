#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <utility>

#include "api/json.hpp"
#include "api/time_convert.hpp"
#include "perdure/testing.hpp"
#include "sdk/client/codec_connection.hpp"
#include "sdk/guards/guards.hpp"
#include "sdk/replay/history_words.hpp"
#include "sdk/testing/replay_check.hpp"
#include "sdk/testing/round_trip_check.hpp"
#include "sdk/testing/second_process.hpp"
#include "sdk/testing/test_connection.hpp"
#include "sdk/testing/test_service.hpp"
#include "sdk/testing/test_worker.hpp"
#include "sdk/vocabulary/payload_conversion.hpp"

namespace perdure::test {
namespace {

// 2026-01-01T00:00:00Z: the same in every test, so that histories can be compared.
constexpr wall_time first_moment{std::chrono::seconds(1'767'225'600)};
// A test that skips time so often waits for something that never comes.
constexpr int most_skips = 1'000'000;
constexpr std::chrono::hours longest_test{24 * 366 * 50};

detail::cache_policy to_worker(cache_policy policy) {
    switch (policy) {
        case cache_policy::evict_after_task:
            return detail::cache_policy::evict_after_task;
        case cache_policy::evict_after_event:
            return detail::cache_policy::evict_after_event;
        case cache_policy::sticky:
            break;
    }
    return detail::cache_policy::sticky;
}

std::uint64_t seed_of(const env_options& options) {
    const char* wish = std::getenv("PERDURE_TEST_SEED");
    return wish != nullptr && *wish != '\0' ? std::strtoull(wish, nullptr, 10) : options.seed;
}

}  // namespace

std::string_view to_text(cache_policy policy) noexcept {
    switch (policy) {
        case cache_policy::evict_after_task:
            return "evict_after_task";
        case cache_policy::evict_after_event:
            return "evict_after_event";
        case cache_policy::sticky:
            break;
    }
    return "sticky";
}

struct env::impl final : worker_observer {
    explicit impl(env_options given)
        : options(std::move(given)),
          seed(seed_of(options)),
          service(seed, now, [this](std::string text) { note(log_level::warning, "service: " + text); }),
          request_ids(seed + 1),
          via(detail::with_conversion(
              std::make_shared<test_connection>(
                  service.node(),
                  test_connection::driver{
                      .wait = [this](detail::latch& until) { wait(until); },
                      .after = [this](std::chrono::milliseconds delay,
                                      std::function<void()> then) { timers.emplace(now + delay, std::move(then)); },
                      .make_id = [this] { return request_ids.next(); }}),
              options.conversion)) {}

    env_options options;
    std::uint64_t seed;
    wall_time now = first_moment;
    test_service service;
    seeded_ids request_ids;
    std::shared_ptr<detail::connection> via;
    detail::registrations registered;
    test_worker::scripts mocks;
    std::unique_ptr<test_worker> worker;
    int workers_made = 0;
    std::vector<std::string> calls_before;
    std::multimap<wall_time, std::function<void()>> timers;
    std::vector<std::pair<std::string, std::string>> runs;
    std::vector<std::int64_t> crash_points;
    bool failures_allowed = false;
    std::vector<std::string> task_failures;
    /// Why the test is over; thrown out of the call that drives.
    std::string broken;
    std::vector<std::string> log;
    std::optional<std::size_t> number = second_process::instance().enter();

    void workflow_task_failed(const std::string& reason) override {
        task_failures.push_back(reason);
        if (!failures_allowed && broken.empty()) broken = "a workflow task failed: " + reason;
    }
    void nobody_runs(const std::string& activity) override {
        if (broken.empty())
            broken = "nobody runs the activity \"" + activity +
                     "\"; mock it with env.mock(...) or register it with env.add_activity(...)";
    }
    void note(log_level level, const std::string& text) override { log.push_back(std::string(to_string(level)) + " " + text); }

    void make_worker() {
        ++workers_made;
        worker =
            std::make_unique<test_worker>(test_worker::settings{.task_queue = options.task_queue,
                                                                .identity = "test-worker-" + std::to_string(workers_made),
                                                                .policy = to_worker(options.policy),
                                                                .seed = seed,
                                                                .conversion = via->conversion(),
                                                                .guard_code = options.guard_workflow_code && guards::available()},
                                          registered, mocks, service.node(), *this);
    }

    void crash() {
        if (!worker) return;
        for (const std::string& call : worker->calls()) calls_before.push_back(call);
        worker.reset();
        make_worker();
    }

    [[nodiscard]] bool crash_is_due() {
        for (const auto& [workflow_id, run_id] : runs) {
            const auto seen = describe(workflow_id, {});
            if (!seen) continue;
            const auto length = seen->workflow_execution_info().history_length();
            const auto due = std::ranges::find_if(crash_points, [&](std::int64_t point) { return length >= point; });
            if (due == crash_points.end()) continue;
            crash_points.erase(due);
            return true;
        }
        return false;
    }

    [[nodiscard]] std::optional<pb::service::DescribeWorkflowExecutionResponse> describe(const std::string& workflow_id,
                                                                                         const std::string& run_id) {
        pb::service::DescribeWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(workflow_id);
        request.mutable_execution()->set_run_id(run_id);
        return at_once<pb::service::DescribeWorkflowExecutionResponse>(
            [&](auto done) { service.node().describe_workflow_execution(std::move(request), std::move(done)); });
    }

    [[nodiscard]] pb::history::History history(const std::string& workflow_id, const std::string& run_id) {
        pb::history::History whole;
        std::string token;
        do {
            pb::service::GetWorkflowExecutionHistoryRequest request;
            request.set_namespace_("default");
            request.mutable_execution()->set_workflow_id(workflow_id);
            request.mutable_execution()->set_run_id(run_id);
            request.set_next_page_token(token);
            auto page = at_once<pb::service::GetWorkflowExecutionHistoryResponse>(
                [&](auto done) { service.node().get_workflow_execution_history(std::move(request), std::move(done)); });
            if (!page) return whole;
            whole.MergeFrom(page->history());
            token = page->next_page_token();
        } while (!token.empty());
        return whole;
    }

    /// The history of a run as its code sees it, or why nobody can say; empty for a run that is gone.
    [[nodiscard]] std::string recorded(const std::string& workflow_id, const std::string& run_id, recorded_run& into) {
        into = {.workflow_id = workflow_id, .run_id = run_id, .history = history(workflow_id, run_id)};
        if (const auto conversion = via->conversion())
            if (const auto trouble = conversion->decode(into.history)) return *trouble;
        return {};
    }

    /// Replays the runs here; those that did are replayed elsewhere too.
    void check_all() {
        std::vector<recorded_run> good;
        for (const auto& [workflow_id, run_id] : runs) {
            recorded_run run;
            if (check(workflow_id, run_id, run) && run.history.events_size() > 0) good.push_back(std::move(run));
        }
        if (options.second_process) second_process::instance().keep(number, std::move(good));
    }

    bool check(const std::string& workflow_id, const std::string& run_id, recorded_run& run) {
        std::string trouble = recorded(workflow_id, run_id, run);
        if (trouble.empty() && run.history.events_size() > 0) {
            trouble = replay_trouble(*registered.workflows(), workflow_id, run_id, run.history);
            if (const std::string lost = round_trip_trouble(run.history); !lost.empty())
                ADD_FAILURE() << "the history of workflow " << workflow_id << " does not survive an export: " << lost;
        }
        if (!trouble.empty()) ADD_FAILURE() << "workflow " << workflow_id << " does not replay: " << trouble;
        return trouble.empty();
    }

    /// Everything that can happen at the present time.
    void settle() {
        if (!worker) make_worker();
        service.node().advance(now);
        for (;;) {
            if (!crash_points.empty() && crash_is_due()) crash();
            if (worker->step(now)) continue;
            if (run_timer()) continue;
            if (const auto due = service.node().next_due(); due && *due <= now) {
                service.node().advance(now);
                if (worker->step(now)) continue;
            }
            if (!worker->awaits_real_time()) break;
            worker->wait_for_real_time();
        }
        if (!broken.empty()) throw std::runtime_error(broken);
    }

    bool run_timer() {
        if (timers.empty() || timers.begin()->first > now) return false;
        auto node = timers.extract(timers.begin());
        node.mapped()();
        return true;
    }

    [[nodiscard]] std::optional<wall_time> next_due() {
        std::optional<wall_time> earliest = service.node().next_due();
        const auto consider = [&](std::optional<wall_time> due) {
            if (due && (!earliest || *due < *earliest)) earliest = due;
        };
        if (worker) consider(worker->next_due(now));
        if (!timers.empty()) consider(timers.begin()->first);
        return earliest;
    }

    /// Moves to the next thing that is due, not beyond `until`; false when there is none.
    bool skip(wall_time until) {
        const auto due = next_due();
        if (!due || *due > until) return false;
        // What is due and was not done at its time would be done never; a nanosecond keeps time going.
        now = std::max(*due, now + std::chrono::nanoseconds(1));
        settle();
        return true;
    }

    void wait(detail::latch& until) {
        settle();
        for (int skips = 0; !until.is_open(); ++skips)
            if (skips > most_skips || !skip(first_moment + longest_test))
                throw std::runtime_error("the test waits for an answer of the service that never comes");
    }

    [[nodiscard]] bool is_closed(const std::string& workflow_id) {
        const auto seen = describe(workflow_id, {});
        return !seen || seen->workflow_execution_info().status() != pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    void wait_until_closed(const std::string& workflow_id) {
        settle();
        for (int skips = 0; !is_closed(workflow_id); ++skips)
            if (skips > most_skips || !skip(first_moment + longest_test))
                throw std::runtime_error("workflow " + workflow_id + " does not come to an end; its history:\n" +
                                         detail::history_lines(history(workflow_id, {})));
    }

    void print_for_debugging() {
        std::cerr << "seed " << seed << ", cache policy " << to_text(options.policy) << "\n";
        for (const std::string& line : log) std::cerr << "  " << line << "\n";
        for (const auto& [workflow_id, run_id] : runs)
            std::cerr << "history of " << workflow_id << ":\n" << detail::history_lines(history(workflow_id, run_id));
    }
};

env::env(env_options options) : impl_(std::make_unique<impl>(std::move(options))) {}

env::~env() {
    if (!impl_->failures_allowed && impl_->broken.empty()) {
        impl_->check_all();
    }
    // An environment in the body of a test ends before the exception that it threw counts as a failure.
    const bool failing = !impl_->broken.empty() && std::uncaught_exceptions() > 0;
    if (failing || ::testing::Test::HasFailure()) impl_->print_for_debugging();
}

detail::registrations& env::registered() {
    if (impl_->worker) throw std::logic_error("register workflows and activities before the first start");
    return impl_->registered;
}

std::shared_ptr<detail::mock_script> env::script_of(std::string name) {
    auto& script = impl_->mocks[name];
    if (!script) {
        script = std::make_shared<detail::mock_script>();
        script->name = std::move(name);
    }
    return script;
}

untyped_run env::start_untyped(std::string_view type, std::vector<raw_payload> input, start_options options) {
    if (options.id.empty()) options.id = "workflow-" + std::to_string(impl_->runs.size() + 1);
    if (options.task_queue.empty()) options.task_queue = impl_->options.task_queue;
    if (impl_->runs.empty()) second_process::instance().replay_here(impl_->number, *impl_->registered.workflows());
    if (!impl_->worker) impl_->make_worker();
    auto started = client().start_untyped(type, std::move(input), options);
    impl_->runs.emplace_back(started.id(), started.run_id());
    impl_->settle();
    return started;
}

void env::advance(std::chrono::milliseconds duration) {
    const wall_time target = impl_->now + duration;
    impl_->settle();
    while (impl_->skip(target)) {
    }
    impl_->now = target;
    impl_->settle();
}

void env::settle() { impl_->settle(); }
std::chrono::milliseconds env::elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(impl_->now - first_moment);
}
wall_time env::now() const { return impl_->now; }

std::string env::calls() const {
    std::string text;
    const auto append = [&](const std::vector<std::string>& names) {
        for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    };
    append(impl_->calls_before);
    if (impl_->worker) append(impl_->worker->calls());
    return text;
}

std::uint64_t env::seed() const noexcept { return impl_->seed; }
std::string env::history_text(const std::string& workflow_id, const std::string& run_id) const {
    return detail::history_lines(impl_->history(workflow_id, run_id));
}
std::string env::history_json(const std::string& workflow_id, const std::string& run_id) const {
    auto text = print_history(impl_->history(workflow_id, run_id));
    if (!text) throw std::runtime_error("the history of " + workflow_id + " cannot be written: " + text.error().message);
    return *std::move(text);
}

void env::crash_worker() { impl_->crash(); }
void env::crash_worker_at(std::int64_t event_id) { impl_->crash_points.push_back(event_id); }
void env::allow_task_failures() { impl_->failures_allowed = true; }
const std::vector<std::string>& env::task_failures() const noexcept { return impl_->task_failures; }
perdure::client env::client() const { return perdure::client(impl_->via); }
void env::wait_until_closed(const std::string& workflow_id) { impl_->wait_until_closed(workflow_id); }

void env::check_replay(const std::string& workflow_id, const std::string& run_id) {
    recorded_run run;
    static_cast<void>(impl_->check(workflow_id, run_id, run));
}

}  // namespace perdure::test
