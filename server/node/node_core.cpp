#include "server/node/node_core.hpp"

#include <algorithm>
#include <utility>

namespace perdure::server {

result<std::unique_ptr<node>> make_node(node_options options, const node_environment& environment, wall_time now) {
    auto made = std::make_unique<node_core>(std::move(options), now);
    if (auto opened = made->open(environment); !opened) return opened.error();
    return std::unique_ptr<node>(std::move(made));
}

node_core::node_core(node_options options, wall_time now)
    : options_(std::move(options)),
      clock_(now),
      dispatcher_(clock_, options_, [this](const history::activity_notice& what, bool abandoned) { notice(what, abandoned); }) {}

node_core::~node_core() {
    dispatcher_.detach();
    for (const auto& [id, one] : std::exchange(sessions_, {})) one->detach();
}

result<done> node_core::open(const node_environment& environment) {
    const history::shard_environment around{environment.rows,   environment.ids,   dispatcher_,
                                            environment.writes, environment.lists, environment.reads};
    auto opened = environment.lease ? history::history_shard::open(around, options_.shard, *environment.lease, clock_.wall())
                                    : history::history_shard::open(around, options_.shard, clock_.wall());
    if (!opened) return opened.error();
    shard_ = std::move(*opened);
    dispatcher_.attach(*shard_);
    return done{};
}

void node_core::advance(wall_time now) {
    clock_.advance(now);
    shard_->advance(now);
    dispatcher_.advance();
}

std::optional<wall_time> node_core::next_due() const {
    std::optional<wall_time> due = shard_->next_due();
    if (const auto tasks = dispatcher_.next_due()) {
        const wall_time at = clock_.wall_at(*tasks);
        due = due ? std::min(*due, at) : at;
    }
    return due;
}

bool node_core::idle() const { return shard_->idle(); }

std::optional<service_failure> node_core::lost_lease() const { return shard_->lost_lease(); }

node_figures node_core::figures() const {
    node_figures figures{.sessions = sessions_.size(),
                         .polls = dispatcher_.polls(),
                         .pollers = dispatcher_.state().poller_count(),
                         .loaded_task_queues = dispatcher_.state().queue_count(),
                         .running_activities = running_.size(),
                         .cached_runs = shard_->cached_runs(),
                         .cached_bytes = shard_->cached_bytes(),
                         .armed_wakeups = shard_->armed_wakeups(),
                         .cache_requests = shard_->cache_requests(),
                         .foreseen_taken = shard_->foreseen().taken,
                         .foreseen_passed_over = shard_->foreseen().passed_over};
    dispatcher_.add_to(figures);
    return figures;
}

// --- Sessions -------------------------------------------------------------------------------------------------------

std::unique_ptr<worker_session> node_core::open_session(session_sink sink) {
    const std::uint64_t id = ++last_session_;
    auto made = std::make_unique<session>(*this, id, std::move(sink));
    sessions_.emplace(id, made.get());
    return made;
}

session* node_core::find_session(std::uint64_t id) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second;
}

void node_core::forget_session(std::uint64_t id) {
    sessions_.erase(id);
    std::erase_if(running_, [id](const auto& entry) { return entry.second == id; });
}

void node_core::running(const std::string& activity_token, std::uint64_t session_id) {
    running_.insert_or_assign(activity_token, session_id);
}

void node_core::not_running(const std::string& activity_token) { running_.erase(activity_token); }

void node_core::notice(const history::activity_notice& what, bool abandoned) {
    const auto found = running_.find(what.task_token);
    if (found == running_.end()) return;
    session* to = find_session(found->second);
    if (abandoned) running_.erase(found);
    if (to != nullptr) to->push_cancel(what.task_token, what.reason);
}

void node_core::say(node_severity severity, const std::string& message) const {
    if (options_.log) options_.log(severity, message);
}

std::optional<service_failure> node_core::check_namespace(const std::string& name_space) const {
    if (name_space.empty()) {
        return service_failure{status_code::invalid_argument,
                               "Namespace not set on request; name one, such as '" +
                                   (options_.namespaces.empty() ? "" : options_.namespaces.front()) + "'."};
    }
    if (std::ranges::find(options_.namespaces, name_space) == options_.namespaces.end()) {
        return service_failure{status_code::not_found, "Namespace " + name_space.substr(0, 100) +
                                                           " is not found; use one that the server's configuration names."};
    }
    return std::nullopt;
}

}  // namespace perdure::server
