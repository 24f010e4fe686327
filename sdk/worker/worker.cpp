#include "perdure/worker.hpp"

#include <stdexcept>
#include <utility>

#include "sdk/activity/activity_registry.hpp"
#include "sdk/replay/workflow_registry.hpp"
#include "sdk/worker/log_lines.hpp"
#include "sdk/worker/signals.hpp"
#include "sdk/worker/worker_shell.hpp"

namespace perdure {

class worker::impl {
  public:
    explicit impl(std::shared_ptr<detail::connection> given) : via(std::move(given)) {}
    std::shared_ptr<detail::connection> via;
    std::unique_ptr<detail::worker_shell> shell;
    std::string refusal;
};

worker::worker(const client& via, worker_options options)
    : options_(std::move(options)), impl_(std::make_unique<impl>(via.via())) {
    if (options_.task_queue.empty())
        throw std::invalid_argument("worker_options.task_queue is empty; name the queue that this worker serves");
    if (options_.workflow_threads == 0) throw std::invalid_argument("worker_options.workflow_threads is 0; it needs at least 1");
    if (options_.activity_threads == 0) throw std::invalid_argument("worker_options.activity_threads is 0; it needs at least 1");
    if (options_.max_workflow_tasks == 0)
        throw std::invalid_argument("worker_options.max_workflow_tasks is 0; it needs at least 1");
}

worker::~worker() { stop(); }

void worker::start() {
    if (impl_->shell) throw std::logic_error("this worker has been started already");
    if (registered_.workflows()->empty() && registered_.activities()->empty())
        throw std::invalid_argument("the worker for task queue \"" + options_.task_queue +
                                    "\" has nothing to run; call add_workflow or add_activity before it starts");
    impl_->shell = std::make_unique<detail::worker_shell>(options_, registered_, impl_->via);
}

bool worker::wait() {
    if (!impl_->shell) return impl_->refusal.empty();
    impl_->refusal = impl_->shell->wait();
    return impl_->refusal.empty();
}

void worker::stop() {
    if (!impl_->shell) return;
    impl_->shell->drain();
    (void)wait();
    impl_->shell.reset();
}

int worker::run_until_signalled() {
    start();
    const detail::signal_watch watch([this] { impl_->shell->drain(); }, [this] { impl_->shell->cut_short(); });
    const bool served = wait();
    if (!served) detail::log_lines(options_.least_log_level, options_.log_to, nullptr).write(log_level::error, impl_->refusal);
    return served ? 0 : 1;
}

}  // namespace perdure
