// The program itself, as a person runs it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

const std::string program = std::string(PERDURE_BINARY_DIR) + "/bin/perdure";

/// A child process whose standard output is read here.
class child {
  public:
    explicit child(std::vector<std::string> arguments) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
        arguments.insert(arguments.begin(), program);
        std::vector<char*> pointers;
        for (auto& argument : arguments) pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        pid_ = fork();
        if (pid_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            execv(program.c_str(), pointers.data());
            _exit(127);
        }
        close(ends[1]);
        out_ = ends[0];
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            static_cast<void>(wait());
        }
        close(out_);
    }

    std::string line() const {
        std::string text;
        char c = 0;
        while (read(out_, &c, 1) == 1 && c != '\n') text += c;
        return text;
    }
    std::string rest() const {
        std::string text;
        char c = 0;
        while (read(out_, &c, 1) == 1) text += c;
        return text;
    }
    void send(int signal) const { kill(pid_, signal); }
    int wait() {
        int status = 0;
        waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    pid_t pid_ = -1;
    int out_ = -1;
};

TEST(program, serves_lists_and_drains) {
    child server({"server", "start-dev", "--http-port", "0", "--log-level", "error", "--output", "jsonl"});
    const auto ready = nlohmann::json::parse(server.line(), nullptr, false);
    ASSERT_TRUE(ready.is_object());
    EXPECT_EQ(ready["store"], "memory");
    child list({"workflow", "list", "--address", ready["address"].get<std::string>(), "-o", "json"});
    EXPECT_EQ(nlohmann::json::parse(list.rest()), nlohmann::json::array());
    EXPECT_EQ(list.wait(), 0);
    server.send(SIGTERM);
    EXPECT_EQ(server.wait(), 0);
}

TEST(program, without_a_file_it_says_that_all_is_in_memory) {
    child server({"server", "start-dev", "--http-port", "0", "--log-level", "error"});
    static_cast<void>(server.line());
    static_cast<void>(server.line());
    EXPECT_NE(server.line().find("memory"), std::string::npos);
}

TEST(program, keeps_workflows_in_a_file_that_fsck_finds_sound) {
    const auto file = (std::filesystem::path(testing::TempDir()) / ("cli-" + std::to_string(getpid()) + ".db")).string();
    const auto serve = [&] {
        return std::vector<std::string>{"server", "start-dev", "--http-port", "0",    "--log-level",
                                        "error",  "-o",        "jsonl",       "--db", file};
    };
    {
        child server(serve());
        const auto address = nlohmann::json::parse(server.line())["address"].get<std::string>();
        child start({"workflow", "start", "--type", "x", "--task-queue", "q", "-w", "kept", "--address", address, "-o", "none"});
        EXPECT_EQ(start.wait(), 0);
        server.send(SIGKILL);
        static_cast<void>(server.wait());
    }
    child check({"fsck", "--db", file});
    EXPECT_EQ(check.wait(), 0);
    child server(serve());
    const auto address = nlohmann::json::parse(server.line())["address"].get<std::string>();
    child count({"workflow", "count", "--address", address, "-o", "json"});
    EXPECT_EQ(nlohmann::json::parse(count.rest())["count"], "1");
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(file + suffix);
}

TEST(program, an_unreachable_server_is_told_in_one_sentence) {
    child list({"workflow", "list", "--address", "http://127.0.0.1:1"});
    EXPECT_EQ(list.wait(), 4);
}

}  // namespace
