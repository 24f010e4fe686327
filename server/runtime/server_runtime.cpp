#include "server/runtime/server_runtime.hpp"

#include <sys/resource.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <optional>
#include <thread>

#include "server/http/handler.hpp"
#include "server/http/listener.hpp"
#include "server/node/admission.hpp"
#include "server/runtime/loop.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;

// For close frames to reach workers, once everything else is done.
constexpr std::chrono::milliseconds goodbye_time{500};

enum class stage { serving, draining, closing };

// Thousands of connections need as many descriptors; the soft limit is often 1,024.
void raise_descriptor_limit() {
    ::rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct server_runtime::implementation {
    explicit implementation(const options& from)
        : settings(from),
          lines(from.level, from.format),
          io(1),
          deadline(io),
          work(asio::make_work_guard(io)),
          gate({.waiting_requests = from.limits.waiting_requests,
                .waiting_bytes = from.limits.waiting_bytes,
                .waiting_requests_a_workflow = from.limits.waiting_requests_a_workflow,
                .target_delay = from.limits.target_delay}),
          around(io, lines, numbers),
          handler([this]() -> node& { return around.enter(); }, numbers, lines, [this] { return around.why_absent(); },
                  [this] { return gate.retry_delay(); }) {
        numbers.before_scrape(set_process_metrics);
        numbers.before_scrape([this](metrics& into) { set_figures(into); });
    }

    // Sessions end before the node, and the node before the handler that its last answers go to.
    ~implementation() {
        if (door) door->close();
        handler.drain();
        around.stop();
    }
    implementation(const implementation&) = delete;
    implementation& operator=(const implementation&) = delete;

    void set_figures(metrics& into) {
        const node_figures figures = around.enter().figures();
        const auto set = [&](std::string_view name, std::size_t value) { into.set(name, {}, static_cast<double>(value)); };
        set("service_pending_requests", handler.pending());
        set("numshards_gauge", around.why_absent() ? 0 : 1);
        set("cache_size", figures.cached_runs);
        set("cache_usage", figures.cached_bytes);
        set("loaded_task_queue_count", figures.loaded_task_queues);
        set("task_queue_pollers", figures.pollers);
        set("running_activities", figures.running_activities);
        set("armed_wakeups", figures.armed_wakeups);
        into.take_over("cache_requests", {}, figures.cache_requests);
        into.take_over("foreseen_workflow_tasks", {{"outcome", "taken"}}, figures.foreseen_taken);
        into.take_over("foreseen_workflow_tasks", {{"outcome", "passed_over"}}, figures.foreseen_passed_over);
        into.take_over("workflow_task_attempt", {}, figures.workflow_task_attempts);
        into.take_over("wakeup_latency", {{"stage", "fired"}}, figures.wakeups_fired);
        into.take_over("wakeup_latency", {{"stage", "handed_over"}}, figures.wakeups_handed_over);
        set_task_figures(into, figures.workflow_tasks, "Workflow");
        set_task_figures(into, figures.activity_tasks, "Activity");
    }

    static void set_task_figures(metrics& into, const task_figures& figures, const char* kind) {
        into.take_over("poll_success", {{"task_type", kind}}, figures.schedule_to_start.count());
        into.take_over("poll_success_sync", {{"task_type", kind}}, figures.sync_match.count());
        into.take_over("task_schedule_to_start_latency", {{"task_type", kind}}, figures.schedule_to_start);
        into.take_over("syncmatch_latency", {{"task_type", kind}}, figures.sync_match);
        into.take_over("asyncmatch_latency", {{"task_type", kind}}, figures.async_match);
        into.take_over("no_poller_tasks", {{"task_type", kind}}, figures.without_poller);
        into.take_over("buffer_throttle_count", {{"task_type", kind}}, figures.throttled);
        into.set("approximate_backlog_count", {{"task_type", kind}}, static_cast<double>(figures.backlog));
        into.set("approximate_backlog_age_seconds", {{"task_type", kind}}, figures.backlog_age_seconds);
    }

    result<done> start(runtime_setup setup) {
        if (setup.handle_signals) await_signals();
        around.when_gone([this](const service_failure& why) { node_gone(why); });
        if (auto ok = around.start(std::move(setup.from), setup.listen ? &gate : nullptr); !ok) return ok;
        if (!setup.listen) return done{};
        door.emplace(io, listener_environment{.enter = [this]() -> node& { return around.enter(); },
                                              .handler = handler,
                                              .measured = numbers,
                                              .log = lines,
                                              .limits = settings.limits,
                                              .why_not_ready = [this] { return around.why_absent(); }});
        auto bound = door->start(settings.address, settings.http_port);
        if (bound) bound_port = door->port();
        return bound;
    }

    void node_gone(const service_failure& why) {
        if (door) door->node_gone(why.message);
        if (around.failure()) close();
    }

    void await_signals() {
        signals.emplace(io, SIGTERM, SIGINT);
        signals->async_wait([this](const boost::system::error_code& error, int number) {
            if (error) return;
            lines.info("draining", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
            // From here on the signals have their default effect, so that a second one ends the process at once.
            signals.reset();
            drain();
        });
    }

    void drain() {
        if (at != stage::serving) return;
        at = stage::draining;
        handler.drain();
        if (door) door->drain();
        around.after_turn([this] { check_drained(); });
        deadline.expires_after(settings.drain_timeout);
        deadline.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            lines.warn("some requests were not finished in time", {{"pending", handler.pending()}});
            close();
        });
        check_later();
    }

    // Answers are written and frames are read between turns of the node, so that the loop is asked again until it is quiet.
    void check_later() {
        recheck.expires_after(std::chrono::milliseconds(10));
        recheck.async_wait([this](const boost::system::error_code& error) {
            if (error || at != stage::draining) return;
            check_drained();
            if (at == stage::draining) check_later();
        });
    }

    void check_drained() {
        if (at != stage::draining || handler.pending() > 0 || !around.idle() || (door && !door->quiet())) return;
        close();
    }

    void close() {
        if (at == stage::closing) return;
        at = stage::closing;
        deadline.cancel();
        recheck.cancel();
        if (door) door->close();
        if (!door || door->connections() == 0) return end();
        deadline.expires_after(goodbye_time);
        deadline.async_wait([this](const boost::system::error_code&) { end(); });
        await_goodbyes();
    }

    void await_goodbyes() {
        recheck.expires_after(std::chrono::milliseconds(5));
        recheck.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            if (door->connections() == 0) return end();
            await_goodbyes();
        });
    }

    void end() {
        work.reset();
        io.stop();
    }

    options settings;
    logger lines;
    metrics numbers;
    asio::io_context io;
    asio::steady_timer deadline;
    asio::steady_timer recheck{io};
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::optional<asio::signal_set> signals;
    admission gate;
    loop around;
    http_handler handler;
    std::optional<listener> door;
    stage at = stage::serving;
    std::atomic<std::thread::id> thread;
    std::uint16_t bound_port = 0;
};

server_runtime::server_runtime(std::unique_ptr<implementation> made) : implementation_(std::move(made)) {}
server_runtime::~server_runtime() = default;

result<std::unique_ptr<server_runtime>> server_runtime::start(const options& from, runtime_setup setup) {
    raise_descriptor_limit();
    auto made = std::make_unique<implementation>(from);
    if (auto ok = made->start(std::move(setup)); !ok) return std::move(ok.error());
    return std::unique_ptr<server_runtime>(new server_runtime(std::move(made)));
}

std::uint16_t server_runtime::port() const noexcept { return implementation_->bound_port; }

void server_runtime::run() {
    implementation_->thread = std::this_thread::get_id();
    implementation_->io.run();
}

const std::optional<service_failure>& server_runtime::failure() const noexcept { return implementation_->around.failure(); }

void server_runtime::stop() {
    asio::post(implementation_->io, [this] { implementation_->drain(); });
}

void server_runtime::post(std::function<void(node&)> work) {
    asio::post(implementation_->io, [this, work = std::move(work)] {
        implementation_->gate.from_inside([&] { work(implementation_->around.enter()); });
    });
}

void server_runtime::after(std::chrono::milliseconds delay, std::function<void()> then) {
    asio::post(implementation_->io, [this, delay, then = std::move(then)]() mutable {
        auto timer = std::make_shared<asio::steady_timer>(implementation_->io, delay);
        timer->async_wait([timer, then = std::move(then)](const boost::system::error_code& error) {
            if (!error) then();
        });
    });
}

bool server_runtime::on_its_thread() const noexcept { return implementation_->thread == std::this_thread::get_id(); }

logger& server_runtime::log() noexcept { return implementation_->lines; }

}  // namespace perdure::server
