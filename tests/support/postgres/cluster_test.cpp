#include "tests/support/postgres/cluster.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace perdure::support {
namespace {

class PostgresCluster : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const auto reason = postgres_cluster::missing()) GTEST_SKIP() << *reason;
    }
};

TEST_F(PostgresCluster, KeepsWhatWasCommittedThroughAKillAndAStop) {
    postgres_cluster cluster;
    const std::string database = cluster.make_database();
    cluster.ask(database, "CREATE TABLE t (v int); INSERT INTO t VALUES (7)");
    const auto before = cluster.processes();
    ASSERT_GT(before.size(), 3U);
    cluster.kill();
    for (const pid_t process : before) EXPECT_FALSE(is_alive(process));
    EXPECT_THROW(cluster.ask(database, "SELECT 1"), std::runtime_error);
    cluster.start();
    EXPECT_EQ(cluster.ask(database, "SELECT v FROM t"), "7");
    cluster.stop();
    cluster.start();
    EXPECT_EQ(cluster.ask(database, "SELECT v FROM t"), "7");
    EXPECT_NE(cluster.make_database(), database);
    const auto folder = cluster.folder();
    EXPECT_TRUE(std::filesystem::exists(folder));
}

TEST_F(PostgresCluster, DiesWithAProcessThatIsKilled) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const postgres_cluster cluster;
        const auto all = cluster.processes();
        for (const pid_t process : all)
            if (::write(ends[1], &process, sizeof process) != sizeof process) ::_exit(1);
        const pid_t end = 0;
        if (::write(ends[1], &end, sizeof end) != sizeof end) ::_exit(1);
        for (;;) ::pause();
    }
    std::vector<pid_t> all;
    for (pid_t process = 0; ::read(ends[0], &process, sizeof process) == sizeof process && process != 0;) all.push_back(process);
    // The ping that found it ready has a process too, which may have ended by now.
    ASSERT_GT(std::ranges::count_if(all, is_alive), 3);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    for (const pid_t process : all)
        while (is_alive(process)) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit) << "process " << process << " outlives its test";
            std::this_thread::yield();
        }
}

}  // namespace
}  // namespace perdure::support
