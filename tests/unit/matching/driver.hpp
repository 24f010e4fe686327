#pragma once

#include "matching/matcher.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace perdure::matching::test {

using namespace std::chrono_literals;

inline queue_key normal(std::string name) { return {"default", std::move(name), task_kind::workflow, false}; }
inline queue_key sticky(std::string name) { return {"default", std::move(name), task_kind::workflow, true}; }

inline task work(std::int64_t number, std::int64_t run = 1) {
    task what;
    what.key = {run, number, 1, 0};
    what.order = {number, run, number};
    return what;
}

inline task query(std::uint64_t number) {
    task what;
    what.key = {1, 0, 1, number};
    return what;
}

/// A matcher whose outputs are kept in words: "3->7" is task 3 for poller 7, "more>2" asks for what follows task 2.
class driver {
  public:
    explicit driver(matcher_options options = {}) : core(options) {}

    driver& take(const outputs& out) {
        for (const output& one : out) {
            if (const auto* made = std::get_if<match>(&one)) {
                said.push_back(name(made->what) + "->" + std::to_string(made->poller));
            } else if (const auto* more = std::get_if<need_more>(&one)) {
                said.push_back("more>" + (more->after.event_id == 0 ? "start" : std::to_string(more->after.event_id)));
            } else if (const auto* late = std::get_if<poll_expired>(&one)) {
                said.push_back("expired " + std::to_string(late->poller));
            } else {
                said.push_back("unavailable " + name(std::get<sticky_unavailable>(one).what));
            }
        }
        return *this;
    }

    /// What was said since the last call.
    std::vector<std::string> heard() { return std::exchange(said, {}); }

    /// A queue whose past is known to be empty, with one subscription.
    void open(const queue_key& queue, poller_id poller, double rate = 0) {
        take(core.subscribe(queue, poller, "worker-" + std::to_string(poller), rate, now));
        take(core.refill(queue, {}, true, now));
        said.clear();
    }
    void offer(const queue_key& queue, task what, poller_id preferred = 0) {
        take(core.offer(queue, std::move(what), now, preferred));
    }
    void credit(poller_id poller, std::uint32_t count) { take(core.credit(poller, count, now)); }
    void pass(instant time) {
        now += time;
        take(core.advance(now));
    }

    static std::string name(const task& what) {
        return what.is_query() ? "q" + std::to_string(what.key.query) : std::to_string(what.key.scheduled_event_id);
    }

    matcher core;
    instant now = 1h;
    std::vector<std::string> said;
};

using words = std::vector<std::string>;

}  // namespace perdure::matching::test
