#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/shard/rig.hpp"
#include "tests/unit/shard/silent_sink.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

// The thread that drives a shard: does what is posted to it.
class mailbox_loop {
  public:
    void post(std::function<void()> call) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(std::move(call));
        ready_.notify_one();
    }
    void run_until(const std::function<bool()>& finished) {
        while (!finished()) {
            std::function<void()> call;
            {
                std::unique_lock lock(mutex_);
                ready_.wait(lock, [this] { return !calls_.empty(); });
                call = std::move(calls_.front());
                calls_.pop_front();
            }
            call();
        }
    }
    void run_rest() {
        for (; !calls_.empty(); calls_.pop_front()) calls_.front()();
    }

  private:
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> calls_;
};

TEST(ShardThreads, CommitsAndListsRunBesideTheShard) {
    const temporary_folder folder;
    sqlite_options file;
    file.path = folder.path("perdure.db");
    const auto opened = shard_rig::must(open_sqlite_store(file));
    watched_store db(*opened);
    mailbox_loop loop;
    counted_ids ids;
    silent_sink sink;
    const auto post = [&](std::function<void()> call) { loop.post(std::move(call)); };
    auto writes = std::make_unique<thread_background>(post);
    auto lists = std::make_unique<thread_background>(post);
    auto reads = std::make_unique<thread_background>(post);
    auto shard =
        shard_rig::must(history_shard::open({db, ids, sink, *writes, *lists, *reads}, {}, wall_time{std::chrono::hours{1'000}}));
    int started = 0;
    int listed = 0;
    constexpr int runs = 300;
    for (int i = 0; i < runs; ++i) {
        shard->start_workflow_execution(start_request("o-" + std::to_string(i)), [&](auto answer) { started += answer ? 1 : 0; });
        if (i % 10 == 0) {
            pb::service::ListWorkflowExecutionsRequest request;
            request.set_namespace_("default");
            request.set_page_size(5);
            shard->list_workflow_executions(request, [&](auto answer) { listed += answer ? 1 : 0; });
        }
    }
    loop.run_until([&] { return started == runs && listed == runs / 10; });
    EXPECT_LT(db.commits, runs / 2) << "what waited was written together";
    // A shard that ends with work under way: what comes back finds nobody, and everybody was answered.
    int lost = 0;
    shard->start_workflow_execution(start_request("late"), [&](auto answer) { lost += answer ? 0 : 1; });
    shard.reset();
    EXPECT_EQ(lost, 1);
    writes.reset();
    lists.reset();
    reads.reset();
    loop.run_rest();
}

}  // namespace
}  // namespace perdure::history
