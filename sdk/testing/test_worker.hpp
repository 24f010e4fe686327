#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "perdure/detail/registrations.hpp"
#include "perdure/detail/test_support.hpp"
#include "sdk/activity/activity_runner.hpp"
#include "sdk/testing/test_service.hpp"
#include "sdk/worker/core/worker_core.hpp"
#include "sdk/worker/run_host.hpp"

namespace perdure::test {

/// What the worker of a test reports to its environment.
class worker_observer {
  public:
    virtual ~worker_observer() = default;
    virtual void workflow_task_failed(const std::string& reason) = 0;
    virtual void nobody_runs(const std::string& activity) = 0;
    virtual void note(log_level level, const std::string& text) = 0;
};

/// A worker process inside a test: the worker's rules, the runs, and activities that are mocked or run on the spot.
class test_worker final : private detail::run_hooks {
  public:
    struct settings {
        std::string task_queue;
        std::string identity;
        detail::cache_policy policy = detail::cache_policy::sticky;
        std::uint64_t seed = 0;
        std::shared_ptr<const detail::payload_conversion> conversion{};
        bool guard_code = false;
    };
    using scripts = std::map<std::string, std::shared_ptr<detail::mock_script>>;

    /// Everything given must outlive the worker.
    test_worker(settings given, const detail::registrations& registered, const scripts& mocks, server::node& node,
                worker_observer& observer);
    /// The process dies: connection, cache and running activities are lost.
    ~test_worker() override;

    /// Does one thing that can be done now; false when there is none.
    bool step(wall_time now);
    [[nodiscard]] std::optional<wall_time> next_due(wall_time now) const;
    /// Real activities that are awaited and not done; only they need real time.
    [[nodiscard]] bool awaits_real_time() const noexcept { return awaited_ > 0; }
    void wait_for_real_time() { io_.run_one(); }
    [[nodiscard]] const std::vector<std::string>& calls() const noexcept { return calls_; }

  private:
    struct running_activity {
        std::shared_ptr<detail::activity_session> session;
        /// Shared, because it may end, and be forgotten, while it is being called.
        std::shared_ptr<const detail::activity_function> body;
        std::vector<raw_payload> input;
        std::optional<wall_time> ends_at;
        bool hangs = false;
    };

    void carry_out(detail::effect& wanted, wall_time now);
    void start(detail::start_activity& task, wall_time now);
    void finish(detail::job_id job, wall_time now);
    void answer(detail::job_id job, detail::activity_answer with, wall_time now);
    void run_workflow(detail::run_workflow_task& task, wall_time now);
    void report_codec_trouble(const std::vector<worker_message>& messages);
    [[nodiscard]] static detail::moment to_moment(wall_time now);

    void log(const detail::run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) override;
    void count(const detail::run_identity&, std::string_view, double) override {}

    settings settings_;
    const scripts& mocks_;
    worker_observer& observer_;
    std::shared_ptr<const detail::workflow_registry> workflows_;
    std::shared_ptr<const detail::activity_registry> activities_;
    server::node& node_;
    wall_time now_{};
    boost::asio::io_context io_;
    int awaited_ = 0;
    detail::run_host host_;
    detail::worker_core core_;
    std::deque<detail::effect> effects_;
    std::deque<std::shared_ptr<pb::worker::FromServer>> from_server_;
    std::map<detail::job_id, running_activity> running_;
    std::vector<std::string> calls_;
    std::unique_ptr<server::worker_session> session_;
};

}  // namespace perdure::test
