#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>

#include "bench/order4.hpp"
#include "bench/run/cast.hpp"

namespace perdure::bench {
namespace {

class embedded final : public cast {
  public:
    explicit embedded(const order4_options& options)
        : server_({.database = options.store == "sqlite"
                                   ? options.folder + "/embedded-" + std::to_string(options.concurrency) + ".db"
                                   : ""}),
          via_(server_.client()),
          worker_(via_, {.task_queue = task_queue,
                         .workflow_threads = 1,
                         .activity_threads = 1,
                         .max_workflow_tasks = 1000,
                         .max_activities = 1000,
                         .replay_level = options.plain ? replay_level::commands : replay_level::arguments,
                         .record_call_sites = !options.plain}) {
        add_order4(worker_);
        worker_.start();
    }

    const client& via() const override { return via_; }
    usage server() const override { return {}; }
    usage worker() const override { return {}; }

  private:
    embedded_server server_;
    client via_;
    perdure::worker worker_;
};

}  // namespace

std::unique_ptr<cast> embedded_cast(const order4_options& options) { return std::make_unique<embedded>(options); }

}  // namespace perdure::bench
