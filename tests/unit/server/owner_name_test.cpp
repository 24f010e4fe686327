#include "server/tenure/owner_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

namespace perdure::server {
namespace {

/// A process that tells its name and waits for its end.
class child_process {
  public:
    child_process() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        process_ = ::fork();
        if (process_ == 0) {
            const std::string name = owner_name("child");
            if (::write(ends[1], name.data(), name.size()) < 0) ::_exit(1);
            ::close(ends[1]);
            for (;;) ::pause();
        }
        ::close(ends[1]);
        std::array<char, 512> said{};
        for (::ssize_t got = 0; (got = ::read(ends[0], said.data(), said.size())) > 0;)
            name_.append(said.data(), static_cast<std::size_t>(got));
        ::close(ends[0]);
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        if (is_reaped_) return;
        send(SIGKILL);
        reap();
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    void send(int number) const { ::kill(process_, number); }
    /// Returns when it has ended or stopped, as `how` says (waitid(2)), and leaves it to be waited for again.
    void await(int how) const {
        ::siginfo_t ignored{};
        ::waitid(P_PID, static_cast<::id_t>(process_), &ignored, how | WNOWAIT);
    }
    /// Waits for its end; its number is another's from then on.
    void reap() {
        ::waitpid(process_, nullptr, 0);
        is_reaped_ = true;
    }

  private:
    ::pid_t process_ = 0;
    bool is_reaped_ = false;
    std::string name_;
};

/// The name with another word at this place, counted from its end.
std::string changed(const std::string& name, std::size_t from_end, const std::string& to) {
    std::vector<std::string> words;
    std::istringstream text(name);
    for (std::string word; std::getline(text, word, ':');) words.push_back(word);
    words.at(words.size() - 1 - from_end) = to;
    std::string made;
    for (const std::string& word : words) made += (made.empty() ? "" : ":") + word;
    return made;
}

TEST(OwnerName, SaysHostAndProcessToPeople) {
    std::array<char, 256> host{};
    ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
    EXPECT_THAT(owner_name("own"), ::testing::StartsWith(std::string(host.data()) + ":" + std::to_string(::getpid()) + ":"));
    EXPECT_THAT(owner_name("own"), ::testing::EndsWith(":own"));
}

TEST(OwnerName, OfALivingProcessHasNotEnded) {
    const child_process child;
    EXPECT_FALSE(has_ended(owner_name("own")));
    EXPECT_FALSE(has_ended(child.name()));
}

TEST(OwnerName, OfAStoppedProcessHasNotEnded) {
    const child_process child;
    child.send(SIGSTOP);
    child.await(WSTOPPED);
    EXPECT_FALSE(has_ended(child.name()));
}

TEST(OwnerName, OfAKilledProcessHasEndedWhetherItWasWaitedForOrNot) {
    child_process child;
    child.send(SIGKILL);
    child.await(WEXITED);
    EXPECT_TRUE(has_ended(child.name()));
    child.reap();
    EXPECT_TRUE(has_ended(child.name()));
}

TEST(OwnerName, OfAProcessWhoseNumberAnotherHasNowHasEnded) {
    const child_process child;
    EXPECT_TRUE(has_ended(changed(child.name(), 2, "1")));
}

TEST(OwnerName, OfAnotherSystemOrOfAnotherFormIsNeverKnownToHaveEnded) {
    std::string name;
    {
        const child_process child;
        name = child.name();
    }
    ASSERT_TRUE(has_ended(name));
    EXPECT_FALSE(has_ended(changed(name, 1, "0123456789abcdef.4026531836"))) << "another boot, or another container";
    EXPECT_FALSE(has_ended(changed(name, 1, "")));
    EXPECT_FALSE(has_ended(changed(name, 4, "elsewhere")));
    EXPECT_FALSE(has_ended(changed(name, 3, "0"))) << "a group of processes";
    EXPECT_FALSE(has_ended(changed(name, 3, "-1")));
    EXPECT_FALSE(has_ended(changed(name, 3, "99999999999999999999")));
    EXPECT_FALSE(has_ended(changed(name, 2, "")));
    for (const char* other : {"", ":", "::::", "first", "web-1:4711:1a2b3c4d"}) EXPECT_FALSE(has_ended(other)) << other;
}

}  // namespace
}  // namespace perdure::server
