#include <utility>

#include <boost/asio/io_context.hpp>

#include "perdure/testing.hpp"
#include "sdk/activity/activity_session.hpp"

namespace perdure::test {

activity_env::activity_env() : heartbeats_(std::make_shared<std::vector<std::vector<raw_payload>>>()) {}

activity_env& activity_env::attempt(int number) {
    attempt_ = number;
    return *this;
}

activity_env& activity_env::stop_after(int heartbeats) {
    stop_after_ = heartbeats;
    return *this;
}

void activity_env::set_last_heartbeat(std::vector<raw_payload> details) { last_heartbeat_ = std::move(details); }

std::vector<raw_payload> activity_env::run_untyped(const detail::activity_function& function,
                                                   const std::vector<raw_payload>& input) {
    const activity_info info{.space = "default",
                             .workflow_id = "workflow-1",
                             .run_id = "run-1",
                             .workflow_type = "test",
                             .activity_type = function.name,
                             .activity_id = "1",
                             .task_queue = "test",
                             .attempt = attempt_};
    boost::asio::io_context io;
    std::weak_ptr<detail::activity_session> later;
    detail::activity_hooks hooks{.heartbeat =
                                     [&](std::vector<raw_payload> details) {
                                         heartbeats_->push_back(std::move(details));
                                         if (!stop_after_ || static_cast<int>(heartbeats_->size()) < *stop_after_) return;
                                         if (const auto session = later.lock()) session->stop("the test asked it to stop", true);
                                     },
                                 .log = {},
                                 .io = &io};
    const auto session = std::make_shared<detail::activity_session>(info, last_heartbeat_, std::move(hooks));
    later = session;
    if (stop_after_ && *stop_after_ == 0) session->stop("the test asked it to stop", true);
    activity_context context(session);
    if (const auto* blocking = std::get_if<detail::blocking_activity>(&function.body)) return (*blocking)(context, input);
    std::exception_ptr thrown;
    std::vector<raw_payload> result;
    std::get<detail::awaited_activity>(function.body)(context, input,
                                                      [&](std::exception_ptr failed, std::vector<raw_payload> value) {
                                                          thrown = std::move(failed);
                                                          result = std::move(value);
                                                      });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return result;
}

}  // namespace perdure::test
