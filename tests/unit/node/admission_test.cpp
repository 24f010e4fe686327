#include "server/node/admission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace perdure::server::test {
namespace {

using namespace std::chrono_literals;
using kind = admission::asker::kind;

admission::asker workflow(std::string_view id) { return {kind::workflow, "default", id}; }
admission::asker queue(std::string_view name) { return {kind::task_queue, "default", name}; }

exhausted_cause cause_of(const std::variant<admission::waiting, admission::refused>& answer) {
    return std::get<admission::refused>(answer).cause;
}
bool admitted(const std::variant<admission::waiting, admission::refused>& answer) {
    return std::holds_alternative<admission::waiting>(answer);
}

TEST(admission_room, is_bounded_in_all_by_workflow_and_in_bytes_and_comes_back) {
    admission gate({.waiting_requests = 4, .waiting_bytes = 1'000, .waiting_requests_a_workflow = 2});
    const auto first = gate.begin(workflow("w"), 10);
    ASSERT_TRUE(admitted(first) && admitted(gate.begin(workflow("w"), 10)));
    const auto third = gate.begin(workflow("w"), 10);
    EXPECT_EQ(cause_of(third), exhausted_cause::busy_workflow);
    EXPECT_EQ(std::get<admission::refused>(third).failure.code, status_code::resource_exhausted);
    EXPECT_NE(std::get<admission::refused>(third).failure.message.find("workflow 'w'"), std::string::npos);
    EXPECT_TRUE(admitted(gate.begin(workflow("v"), 10))) << "another workflow has room";
    EXPECT_EQ(cause_of(gate.begin(queue("q"), 971)), exhausted_cause::persistence_limit) << "too many bytes";
    EXPECT_TRUE(admitted(gate.begin(queue("q"), 970)));
    EXPECT_EQ(cause_of(gate.begin(queue("q"), 0)), exhausted_cause::persistence_limit) << "too many requests";
    EXPECT_EQ(gate.waiting_requests(), 4U);
    EXPECT_EQ(gate.waiting_bytes(), 1'000U);
    gate.end(std::get<admission::waiting>(first), true);
    EXPECT_TRUE(admitted(gate.begin(workflow("w"), 10)));
}

TEST(admission_room, takes_what_is_larger_than_all_of_it_when_it_is_alone) {
    admission gate({.waiting_bytes = 100});
    EXPECT_TRUE(admitted(gate.begin(queue("q"), 4'000)));
    EXPECT_EQ(cause_of(gate.begin(queue("q"), 1)), exhausted_cause::persistence_limit);
}

TEST(admission_room, is_no_matter_to_those_inside_the_process) {
    admission gate({.waiting_requests = 1});
    ASSERT_TRUE(admitted(gate.begin(workflow("w"), 10)));
    gate.from_inside([&] { EXPECT_TRUE(admitted(gate.begin(workflow("w"), 10))); });
    EXPECT_EQ(gate.waiting_requests(), 2U) << "they count";
    EXPECT_FALSE(admitted(gate.begin(workflow("v"), 10))) << "for everybody else";
}

TEST(admission_retry_delay, follows_how_long_the_admitted_wait) {
    admission gate;
    EXPECT_EQ(gate.retry_delay(), 100ms);
    matching::instant at = 1h;
    for (int i = 0; i < 50; ++i) {
        gate.advance(at);
        const auto one = gate.begin(workflow("w"), 100);
        gate.advance(at += 400ms);
        gate.end(std::get<admission::waiting>(one), true);
    }
    EXPECT_GT(gate.retry_delay(), 750ms);
    EXPECT_LE(gate.retry_delay(), 800ms);
    gate.waited_for_thread(100ms);
    EXPECT_GT(gate.retry_delay(), 950ms);
}

TEST(admission_retry_delay, grows_while_the_disk_does_not_come_back) {
    admission gate;
    gate.advance(1h);
    const auto one = gate.begin(workflow("w"), 100);
    gate.advance(1h + 1s);
    EXPECT_EQ(gate.retry_delay(), 2s);
    gate.advance(2h);
    EXPECT_EQ(gate.retry_delay(), 5s) << "nobody is sent away for long";
    gate.end(std::get<admission::waiting>(one), false);
    EXPECT_EQ(gate.retry_delay(), 100ms);
}

/// Requests of which five are under way at a time; each takes `took`, of which the disk has `disk`. How many are refused.
int refused_of_slow_requests(std::chrono::milliseconds took, std::chrono::milliseconds disk) {
    admission gate;
    std::deque<std::variant<admission::waiting, admission::refused>> under_way;
    matching::instant at = 1h;
    int refused = 0;
    for (int i = 0; i < 200; ++i) {
        gate.advance(at += took / 5);
        gate.waited_for_disk(disk / 5);
        if (under_way.size() == 5) {
            if (admitted(under_way.front())) gate.end(std::get<admission::waiting>(under_way.front()), true);
            under_way.pop_front();
        }
        under_way.push_back(gate.begin(workflow("w-" + std::to_string(i)), 100));
        if (!admitted(under_way.back())) ++refused;
    }
    return refused;
}

TEST(admission_disk, a_slow_one_is_no_reason_to_refuse_and_slow_work_is) {
    EXPECT_EQ(refused_of_slow_requests(200ms, 180ms), 0);
    EXPECT_EQ(refused_of_slow_requests(2'000ms, 1'990ms), 0);
    EXPECT_GT(refused_of_slow_requests(200ms, 20ms), 10);
}

/// A server of one thread that serves a request in 250 us and refuses one in 20 us, under requests that come by chance.
/// What was refused, and how long the admitted waited, is counted after the first two seconds.
class busy_server {
  public:
    explicit busy_server(const admission_options& options = {}) : gate_(options) {}

    struct outcome {
        int admitted = 0;
        int refused = 0;
        double worst_ms = 0;
        double p99_ms = 0;
    };
    using chooser = std::function<admission::asker(std::mt19937&)>;

    outcome run(double requests_per_second, const chooser& who, const std::function<bool(const admission::asker&)>& counts) {
        std::exponential_distribution<> gap(requests_per_second);
        std::mt19937 random(7);
        outcome all;
        std::vector<double> waits;
        double free = 0;
        double probe = 0;
        for (double at = 0; at < 12; at += gap(random)) {
            for (; probe <= at; probe = std::max(probe, free) + 0.02) {
                now(std::max(free, probe));
                gate_.waited_for_thread(span(std::max(free, probe) - probe));
            }
            const double begins = std::max(free, at);
            now(begins);
            const admission::asker asker = who(random);
            const auto answer = gate_.begin(asker, 100);
            free = begins + (admitted(answer) ? 250e-6 : 20e-6);
            if (admitted(answer)) gate_.end(std::get<admission::waiting>(answer), true);
            if (at < 2 || !counts(asker)) continue;
            ++(admitted(answer) ? all.admitted : all.refused);
            if (admitted(answer)) waits.push_back((free - at) * 1e3);
        }
        std::ranges::sort(waits);
        if (!waits.empty()) all.worst_ms = waits.back();
        if (!waits.empty()) all.p99_ms = waits[waits.size() * 99 / 100];
        return all;
    }

  private:
    static std::chrono::nanoseconds span(double seconds) {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
    }
    void now(double seconds) { gate_.advance(1h + span(seconds)); }

    admission gate_;
};

constexpr double can_serve = 4'000;
const auto everybody = [](const admission::asker&) { return true; };

TEST(admission_load, nothing_is_refused_below_what_can_be_served) {
    const auto seen = busy_server().run(0.9 * can_serve, [](auto&) { return queue("q"); }, everybody);
    EXPECT_EQ(seen.refused, 0);
    EXPECT_GT(seen.admitted, 30'000);
}

TEST(admission_load, of_twice_what_can_be_served_most_of_it_is_and_waits_stay_near_the_target) {
    const auto starts = busy_server().run(2 * can_serve, [](auto&) { return queue("q"); }, everybody);
    EXPECT_GT(starts.admitted, 10 * can_serve * 0.8);
    EXPECT_GT(starts.refused, 10 * can_serve * 0.8);
    EXPECT_LT(starts.p99_ms, 3 * 50);

    std::vector<std::string> ids(100'000);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = std::to_string(i);
    std::size_t next = 0;
    const auto signals = busy_server().run(2 * can_serve, [&](auto&) { return workflow(ids[next++ % ids.size()]); }, everybody);
    EXPECT_GT(signals.admitted, 10 * can_serve * 0.8) << "also when nobody has more than others";
    EXPECT_LT(signals.p99_ms, 3 * 50);
}

TEST(admission_load, without_a_gate_all_wait_longer_for_as_long_as_it_lasts) {
    const auto all = busy_server({.target_delay = 1h}).run(2 * can_serve, [](auto&) { return queue("q"); }, everybody);
    EXPECT_EQ(all.refused, 0);
    EXPECT_GT(all.p99_ms, 100 * 50);
}

/// A server for which refusing is no less work than serving: no level of pressure makes waits any shorter.
TEST(admission_load, where_refusing_does_not_help_a_part_is_served_all_the_same) {
    fair_shares shares;
    int granted = 0;
    matching::instant at = 1h;
    for (int i = 0; i < 4'000; ++i) granted += shares.ask(1, 0, at += 1ms) == fair_shares::verdict::granted ? 1 : 0;
    ASSERT_EQ(granted, 4'000) << "a thousand a second";
    granted = 0;
    for (int i = 0; i < 4'000; ++i) granted += shares.ask(1, pressure::most, at += 1ms) == fair_shares::verdict::granted ? 1 : 0;
    EXPECT_GT(granted, 4'000 / 8);
    EXPECT_LT(granted, 4'000 / 3);
}

TEST(admission_load, one_busy_workflow_is_refused_and_all_others_are_served) {
    std::vector<std::string> ids(500);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = "quiet-" + std::to_string(i);
    const auto one_of_many = [&](std::mt19937& random) {
        return random() % 10 < 8 ? workflow("busy") : workflow(ids[random() % ids.size()]);
    };
    const auto quiet =
        busy_server().run(2 * can_serve, one_of_many, [](const admission::asker& who) { return who.id != "busy"; });
    EXPECT_GT(quiet.admitted, 12'000);
    EXPECT_LT(quiet.refused, quiet.admitted / 100);
    EXPECT_LT(quiet.p99_ms, 3 * 50);
    const auto busy = busy_server().run(2 * can_serve, one_of_many, [](const admission::asker& who) { return who.id == "busy"; });
    EXPECT_GT(busy.refused, busy.admitted) << "the others were not served for want of load";
    EXPECT_GT(busy.admitted, 5'000) << "it has what the others leave";
}

TEST(admission_load, a_flood_that_cannot_even_be_refused_in_time_does_not_take_others_their_requests) {
    std::vector<std::string> ids(500);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = "quiet-" + std::to_string(i);
    const auto one_of_many = [&](std::mt19937& random) {
        return random() % 100 == 0 ? workflow(ids[random() % ids.size()]) : workflow("flooded");
    };
    const auto quiet =
        busy_server().run(15 * can_serve, one_of_many, [](const admission::asker& who) { return who.id != "flooded"; });
    EXPECT_GT(quiet.admitted, 5'000);
    EXPECT_LT(quiet.refused, quiet.admitted / 20);
}

TEST(admission_load, a_flooded_task_queue_leaves_the_other_one_its_share) {
    const auto two_queues = [](std::mt19937& random) { return queue(random() % 20 == 0 ? "quiet" : "flooded"); };
    const auto quiet =
        busy_server().run(2 * can_serve, two_queues, [](const admission::asker& who) { return who.id == "quiet"; });
    EXPECT_GT(quiet.admitted, 3'000);
    EXPECT_LT(quiet.refused, quiet.admitted / 100);
}

}  // namespace
}  // namespace perdure::server::test
