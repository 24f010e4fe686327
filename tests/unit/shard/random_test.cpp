#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/shard/rig.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

// Clients and workers do anything in any order, commits fail, servers restart. What was acknowledged must stand, and what is
// stored must fit together.
class random_walk {
  public:
    random_walk(std::uint64_t seed, store* rows) : random_(seed), rig_(options(seed), rows) {}

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            one_step();
            if (step % 100 == 99) check();
        }
        heal();
        check();
        finish_all();
        check();
    }

  private:
    static shard_options options(std::uint64_t seed) {
        shard_options made;
        made.cache_bytes = 60'000;
        made.tail_bytes = 500;
        made.checkpoint_bytes = 1'500;
        made.wakeup_window = 10s;
        made.wakeup_page = 5;
        made.wakeup_slack = 2s;
        std::mt19937_64 draws(seed);
        if (draws() % 2 == 0) made.commit_delay = 2ms;
        if (draws() % 3 != 0) made.answer_delay = std::chrono::milliseconds{1 + draws() % 40};
        if (draws() % 3 != 0) made.first_answer_delay = std::chrono::milliseconds{1 + draws() % 10};
        return made;
    }

    std::uint64_t draw(std::uint64_t n) { return random_() % n; }
    std::string some_id() { return "o-" + std::to_string(draw(12)); }

    void one_step() {
        switch (draw(14)) {
            case 0:
            case 1:
                start();
                break;
            case 2:
            case 3:
                signal(some_id());
                break;
            case 4:
            case 5:
            case 6:
                work_on_workflow();
                break;
            case 7:
            case 8:
            case 9:
                work_on_activity();
                break;
            case 10:
                rig_.sleep(std::chrono::milliseconds{draw(8'000)});
                break;
            case 11:
                if (draw(8) == 0) trouble();
                break;
            case 12:
                if (draw(6) == 0) restart();
                break;
            case 13:
                if (draw(5) == 0 && rig_.terminate(some_id())) ++closed_;
                break;
            default:
                break;
        }
    }

    void start() {
        const std::string id = some_id();
        const auto started = rig_.start(id, "request-" + std::to_string(++requests_));
        if (started) runs_.insert({id, started->run_id()});
    }

    void signal(const std::string& id) {
        const std::string request = "signal-" + std::to_string(++requests_);
        const auto sent = rig_.signal(id, request);
        if (!sent) return;
        const std::string run = rig_.info(id).execution().run_id();
        signals_[{id, run}].insert(request);
    }

    void work_on_workflow() {
        const auto task = rig_.take_workflow_task();
        if (!task) return;
        std::vector<pb::command::Command> commands;
        for (std::uint64_t i = draw(3); i > 0; --i)
            commands.push_back(
                draw(2) == 0 ? activity_command("a-" + std::to_string(++commands_), 5s)
                             : timer_command("t-" + std::to_string(++commands_), std::chrono::milliseconds{1 + draw(20'000)}));
        if (draw(8) == 0) commands.push_back(complete_command());
        if (draw(6) != 0) static_cast<void>(rig_.complete(*task, std::move(commands)));
    }

    void work_on_activity() {
        const auto task = rig_.take_activity_task();
        if (task && draw(5) != 0) static_cast<void>(rig_.complete(*task));
    }

    void trouble() {
        if (rig_.watched.commit_failure)
            heal();
        else
            rig_.watched.commit_failure = service_failure{status_code::unavailable, "no space"};
    }

    void heal() {
        rig_.watched.commit_failure.reset();
        rig_.sleep(3s);
    }

    // The workers ask for what waits, as matching does.
    void restart() {
        if (rig_.watched.commit_failure) heal();
        rig_.restart();
        for (const task_kind kind : {task_kind::workflow, task_kind::activity})
            rig_.shard().outstanding({"default", "q", kind, false}, {}, 1'000, [&](auto page) {
                ASSERT_TRUE(page);
                rig_.offers.insert(rig_.offers.end(), page->tasks.begin(), page->tasks.end());
            });
    }

    void check() {
        EXPECT_THAT(rig_.findings(), ::testing::IsEmpty());
        for (const auto& [id, run] : runs_) {
            const auto events = rig_.history(id, run);
            ASSERT_FALSE(events.empty());
            std::int64_t next = 1;
            for (const auto& event : events) EXPECT_EQ(event.event_id(), next++);
        }
        for (const auto& [run, requests] : signals_) {
            std::size_t received = 0;
            bool completed = false;
            for (const auto& event : rig_.history(run.first, run.second)) {
                received += event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;
                completed |= event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED;
            }
            // While a task is started signals wait without an id, and a run that is terminated then drops them. A run cannot
            // complete without them.
            EXPECT_LE(received, requests.size()) << run.first;
            if (completed) EXPECT_EQ(received, requests.size()) << run.first;
        }
    }

    // With willing workers and time every run ends.
    void finish_all() {
        restart();
        for (int round = 0; round < 2'000; ++round) {
            if (const auto task = rig_.take_workflow_task()) {
                static_cast<void>(rig_.complete(*task, {complete_command()}));
                rig_.sleep(5ms);
            } else if (const auto activity = rig_.take_activity_task()) {
                static_cast<void>(rig_.complete(*activity));
            } else if (rig_.shard().next_due()) {
                rig_.sleep(7s);
                for (const auto& [id, run] : runs_) signal(id);
                if (open_runs() == 0) break;
            }
        }
        EXPECT_EQ(open_runs(), 0);
    }

    std::int64_t open_runs() {
        pb::service::CountWorkflowExecutionsRequest request;
        request.set_namespace_("default");
        request.set_query("ExecutionStatus = 'Running'");
        return rig_.must(rig_.ask(&history_shard::count_workflow_executions, request)).count();
    }

    std::mt19937_64 random_;
    shard_rig rig_;
    std::set<std::pair<std::string, std::string>> runs_;
    std::map<std::pair<std::string, std::string>, std::set<std::string>> signals_;
    int requests_ = 0;
    int commands_ = 0;
    int closed_ = 0;
};

TEST(ShardRandomWalk, KeepsItsPromisesInMemory) {
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_walk(seed, nullptr).run(400);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(ShardRandomWalk, KeepsItsPromisesOnSqlite) {
    const temporary_folder folder;
    sqlite_options file;
    file.path = folder.path("perdure.db");
    const auto db = shard_rig::must(open_sqlite_store(file));
    random_walk(99, db.get()).run(400);
}

}  // namespace
}  // namespace perdure::history
