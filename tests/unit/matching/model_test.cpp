#include "tests/unit/matching/driver.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace perdure::matching::test {
namespace {

/// Plays history and workers against a matcher: random inputs, and a plain account of what must hold after each.
class world {
  public:
    explicit world(std::uint64_t seed)
        : random_(seed), core_({.kept_tasks = 6, .low_water = 2, .max_credits = 20, .idle_after = std::chrono::minutes{1}}) {}

    void play(int steps) {
        for (int step = 0; step < steps && !::testing::Test::HasFatalFailure(); ++step) {
            switch (roll(12)) {
                case 0:
                case 1:
                case 2:
                    schedule();
                    break;
                case 3:
                    subscribe();
                    break;
                case 4:
                case 5:
                    give_credit();
                    break;
                case 6:
                    poll();
                    break;
                case 7:
                    lose_worker();
                    break;
                case 8:
                    withdraw();
                    break;
                case 9:
                    answer_question();
                    break;
                case 10:
                    finish_one();
                    break;
                default:
                    pass();
                    break;
            }
        }
    }

    /// Workers with room for everything come: whatever is outstanding must reach them.
    void drain() {
        for (int round = 0; round < 400 && !::testing::Test::HasFatalFailure(); ++round) {
            while (!questions_.empty()) answer_question();
            while (!held_.empty()) finish_one();
            if (outstanding_.empty()) return;
            for (const queue_key& queue : queues()) {
                const poller_id poller = next_poller_++;
                pollers_[poller] = {queue, 0, false};
                take(core_.subscribe(queue, poller, "late", 0, now_));
                pollers_[poller].credits += 20;
                take(core_.credit(poller, 20, now_));
            }
            now_ += 1s;
            take(core_.advance(now_));
        }
        EXPECT_TRUE(outstanding_.empty()) << outstanding_.size() << " tasks never reached a worker";
    }

  private:
    struct known_poller {
        queue_key queue;
        std::int64_t credits = 0;
        bool one_shot = false;
    };
    struct known_task {
        queue_key queue;
        task what;
    };

    int roll(int sides) { return static_cast<int>(random_() % static_cast<std::uint64_t>(sides)); }
    static std::vector<queue_key> queues() { return {normal("a"), normal("b"), sticky("s")}; }

    void schedule() {
        const int burst = roll(6) == 0 ? 15 : 1;
        const queue_key queue = queues()[static_cast<std::size_t>(roll(3))];
        for (int i = 0; i < burst; ++i) {
            task what = work(next_task_++, roll(4));
            what.order.scheduled = now_.count();
            outstanding_.emplace(what.key, known_task{queue, what});
            const poller_id preferred = pollers_.empty() ? 0 : std::prev(pollers_.end())->first;
            take(core_.offer(queue, what, now_, roll(2) == 0 ? preferred : 0));
        }
    }

    void subscribe() {
        const poller_id poller = next_poller_++;
        const queue_key queue = queues()[static_cast<std::size_t>(roll(3))];
        pollers_[poller] = {queue, 0, false};
        take(core_.subscribe(queue, poller, "w", roll(3) == 0 ? 2.0 : 0.0, now_));
    }

    void give_credit() {
        if (pollers_.empty()) return;
        auto& [id, poller] = *std::next(pollers_.begin(), roll(static_cast<int>(pollers_.size())));
        if (poller.one_shot) return;
        const int count = roll(5);
        poller.credits = std::min<std::int64_t>(20, poller.credits + count);
        take(core_.credit(id, static_cast<std::uint32_t>(count), now_, roll(4) == 0));
    }

    void poll() {
        const poller_id poller = next_poller_++;
        const queue_key queue = queues()[static_cast<std::size_t>(roll(3))];
        pollers_[poller] = {queue, 1, true};
        take(core_.poll(queue, poller, "p", now_ + std::chrono::seconds(1 + roll(60)), now_));
    }

    /// The worker goes; what it held without having started comes back.
    void lose_worker() {
        if (pollers_.empty()) return;
        const poller_id lost = std::next(pollers_.begin(), roll(static_cast<int>(pollers_.size())))->first;
        pollers_.erase(lost);
        take(core_.leave(lost, now_));
        for (auto held = held_.begin(); held != held_.end();) {
            if (held->second.second == lost) {
                const known_task back = outstanding_.at(held->first);
                held = held_.erase(held);
                take(core_.put_back(back.queue, back.what, now_));
            } else {
                ++held;
            }
        }
    }

    void withdraw() {
        if (outstanding_.empty()) return;
        const auto found = std::next(outstanding_.begin(), roll(static_cast<int>(outstanding_.size())));
        const known_task gone = found->second;
        outstanding_.erase(found);
        held_.erase(gone.what.key);
        take(core_.withdraw(gone.queue, gone.what.key, now_));
    }

    void answer_question() {
        if (questions_.empty()) return;
        const auto [queue, after] = questions_.front();
        questions_.erase(questions_.begin());
        std::vector<task> found;
        for (const auto& [key, known] : outstanding_) {
            // A task that a worker has got has left its queue's rows.
            if (known.queue == queue && known.what.order > after && !held_.contains(key)) found.push_back(known.what);
        }
        std::ranges::sort(found, {}, &task::order);
        const bool complete = found.size() <= 5;
        if (!complete) found.resize(5);
        take(core_.refill(queue, std::move(found), complete, now_));
    }

    /// A worker that holds a task has started and finished it.
    void finish_one() {
        if (held_.empty()) return;
        const auto held = std::next(held_.begin(), roll(static_cast<int>(held_.size())));
        outstanding_.erase(held->first);
        held_.erase(held);
    }

    void pass() {
        now_ += std::chrono::milliseconds(roll(4) == 0 ? 20'000 : roll(1'500));
        take(core_.advance(now_));
        const auto due = core_.next_due();
        ASSERT_TRUE(!due || *due > now_);
    }

    void take(const outputs& out) {
        std::map<queue_key, task_order> last;
        for (const output& one : out) {
            if (const auto* made = std::get_if<match>(&one)) {
                on_match(*made, last);
            } else if (const auto* more = std::get_if<need_more>(&one)) {
                questions_.emplace_back(more->queue, more->after);
            } else if (const auto* late = std::get_if<poll_expired>(&one)) {
                ASSERT_TRUE(pollers_.contains(late->poller) && pollers_[late->poller].one_shot);
                pollers_.erase(late->poller);
            } else {
                on_unavailable(std::get<sticky_unavailable>(one));
            }
        }
    }

    void on_match(const match& made, std::map<queue_key, task_order>& last) {
        ASSERT_TRUE(outstanding_.contains(made.what.key)) << "a task was given that is not to be done";
        ASSERT_FALSE(held_.contains(made.what.key)) << "a task was given twice";
        ASSERT_EQ(outstanding_.at(made.what.key).queue, made.queue);
        ASSERT_TRUE(pollers_.contains(made.poller)) << "a task was given to nobody";
        known_poller& taker = pollers_.at(made.poller);
        ASSERT_EQ(taker.queue, made.queue);
        ASSERT_GT(taker.credits, 0) << "a task was given without a credit";
        // Within what one input set free, the order of a queue is the order of scheduling.
        if (const auto before = last.find(made.queue); before != last.end()) {
            ASSERT_LT(before->second, made.what.order);
        }
        last[made.queue] = made.what.order;
        held_.emplace(made.what.key, std::pair(made.queue, made.poller));
        if (--taker.credits == 0 && taker.one_shot) pollers_.erase(made.poller);
    }

    void on_unavailable(const sticky_unavailable& gone) {
        ASSERT_TRUE(gone.queue.sticky);
        ASSERT_TRUE(outstanding_.contains(gone.what.key));
        known_task& moved = outstanding_.at(gone.what.key);
        moved.queue = normal("a");
        moved.what.order = {now_.count(), 2, gone.what.key.scheduled_event_id};
        const task again = moved.what;
        take(core_.offer(moved.queue, again, now_));
    }

    std::mt19937_64 random_;
    matcher core_;
    instant now_ = 1h;
    std::int64_t next_task_ = 1;
    poller_id next_poller_ = 1;
    std::map<task_key, known_task> outstanding_;
    std::map<task_key, std::pair<queue_key, poller_id>> held_;
    std::map<poller_id, known_poller> pollers_;
    std::vector<std::pair<queue_key, task_order>> questions_;
};

TEST(matcher_model, no_task_is_lost_or_given_twice_whatever_happens) {
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        world one(seed);
        one.play(600);
        if (HasFailure()) return;
        one.drain();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace perdure::matching::test
