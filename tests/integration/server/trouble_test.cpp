// Workers that answer what they should not, and disks that are full: who hears what, and that everything else goes on.

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/server/real_server.hpp"

namespace perdure::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint32_t invalid_argument = 3;
constexpr std::uint32_t not_found = 5;

pb::command::Command activity(const std::string& id) {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    auto& attributes = *command.mutable_schedule_activity_task_command_attributes();
    attributes.set_activity_id(id);
    attributes.mutable_activity_type()->set_name("charge");
    attributes.mutable_task_queue()->set_name("q");
    attributes.mutable_start_to_close_timeout()->set_seconds(60);
    return command;
}

class Trouble : public testing::Test {
  protected:
    void start(const std::string& id) {
        raw_client client(server_->port());
        ASSERT_EQ(client.ask("POST", workflows + "/" + id, a_start).status, 200);
    }
    [[nodiscard]] std::string history(const std::string& id) const {
        raw_client client(server_->port());
        return client.ask("GET", workflows + "/" + id + "/history").body;
    }
    [[nodiscard]] static std::size_t count(const std::string& text, const std::string& part) {
        std::size_t found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
        return found;
    }
    /// A run goes from its start to its end.
    void expect_that_others_feel_nothing() {
        start("other");
        hand_worker worker(server_->port());
        worker.give_credit();
        const auto task = worker.next_task();
        EXPECT_EQ(task.workflow_execution().workflow_id(), "other");
        EXPECT_FALSE(worker.ask(hand_worker::completed(task.task_token(), {completion()})).has_error());
        EXPECT_THAT(history("other"), HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
    }
    static void expect_not_found(const pb::worker::ServerMessage& answer, const std::string& run_id) {
        EXPECT_EQ(answer.error().code(), not_found);
        EXPECT_THAT(answer.error().message(), AllOf(HasSubstr("'o-1'"), HasSubstr(run_id)));
    }

    std::unique_ptr<real_server> server_ = std::make_unique<real_server>();
};

TEST_F(Trouble, AnAnswerThatIsGivenTwiceCountsOnce) {
    start("o-1");
    hand_worker worker(server_->port());
    worker.give_credit();
    const auto task = worker.next_task();
    const auto answer = hand_worker::completed(task.task_token(), {completion()});
    EXPECT_FALSE(worker.ask(answer).has_error());
    expect_not_found(worker.ask(answer), task.workflow_execution().run_id());
    EXPECT_EQ(count(history("o-1"), "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"), 1U);
    expect_that_others_feel_nothing();
}

TEST_F(Trouble, AnAnswerOfAWorkerThatWasGivenUpHasNoEffect) {
    start("o-1");
    auto lost = std::make_unique<hand_worker>(server_->port());
    lost->give_credit();
    const auto task = lost->next_task();
    lost.reset();
    hand_worker other(server_->port());
    other.give_credit();
    const auto again = other.next_task();
    EXPECT_EQ(again.workflow_execution().run_id(), task.workflow_execution().run_id());
    EXPECT_FALSE(other.ask(hand_worker::completed(again.task_token(), {activity("a")})).has_error());
    hand_worker back(server_->port());
    expect_not_found(back.ask(hand_worker::completed(task.task_token(), {completion()})), task.workflow_execution().run_id());
    EXPECT_EQ(count(history("o-1"), "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"), 0U);
    expect_that_others_feel_nothing();
}

TEST_F(Trouble, AnAnswerForAnActivityOfARunThatIsGoneHasNoEffect) {
    start("o-1");
    hand_worker worker(server_->port());
    worker.give_credit();
    const auto task = worker.next_task();
    EXPECT_FALSE(worker.ask(hand_worker::completed(task.task_token(), {activity("a")})).has_error());
    worker.give_activity_credit();
    const auto given = worker.next_activity();
    EXPECT_EQ(given.activity_id(), "a");
    raw_client client(server_->port());
    ASSERT_EQ(client.ask("POST", workflows + "/o-1/terminate", "{}").status, 200);
    pb::worker::WorkerMessage done;
    done.mutable_activity_completed()->set_task_token(given.task_token());
    expect_not_found(worker.ask(done), task.workflow_execution().run_id());
    pb::worker::WorkerMessage beat;
    beat.mutable_activity_heartbeat()->set_task_token(given.task_token());
    expect_not_found(worker.ask(beat), task.workflow_execution().run_id());
    EXPECT_EQ(count(history("o-1"), "EVENT_TYPE_ACTIVITY_TASK_COMPLETED"), 0U);
    expect_that_others_feel_nothing();
}

TEST_F(Trouble, ABadCommandFailsItsTaskAndTheLogSaysOfWhichRun) {
    server_.reset();
    options from = running_server::quiet();
    from.level = log_level::warn;
    testing::internal::CaptureStderr();
    server_ = std::make_unique<real_server>(from);
    start("o-1");
    hand_worker worker(server_->port());
    worker.give_credit();
    const auto task = worker.next_task();
    auto bad = activity("a");
    bad.mutable_schedule_activity_task_command_attributes()->clear_start_to_close_timeout();
    const auto refused = worker.ask(hand_worker::completed(task.task_token(), {bad}));
    EXPECT_EQ(refused.error().code(), invalid_argument);
    EXPECT_THAT(history("o-1"), HasSubstr("WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES"));
    worker.give_credit();
    const auto again = worker.next_task();
    EXPECT_EQ(again.attempt(), 2);
    EXPECT_FALSE(worker.ask(hand_worker::completed(again.task_token(), {completion()})).has_error());
    EXPECT_THAT(history("o-1"), HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
    const std::string logged = testing::internal::GetCapturedStderr();
    EXPECT_THAT(logged, AllOf(HasSubstr("worker 'hand'"), HasSubstr("o-1"), HasSubstr(task.workflow_execution().run_id()),
                              HasSubstr(refused.error().message().substr(0, 40))));
}

/// No file of this process can grow, as on a disk that is full.
class full_disk {
  public:
    full_disk() {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::rlimit none = before_;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    full_disk(const full_disk&) = delete;
    full_disk& operator=(const full_disk&) = delete;

  private:
    ::rlimit before_{};
};

class OnDisk : public Trouble {
  protected:
    OnDisk() {
        remove_files();
        open();
    }
    ~OnDisk() override {
        server_.reset();
        remove_files();
    }
    void open() {
        server_.reset();
        server_ = std::make_unique<real_server>(from());
    }
    [[nodiscard]] options from() const {
        options made = running_server::quiet();
        made.store = {store_address::kind::sqlite, file_.string()};
        return made;
    }
    void remove_files() const {
        for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(file_.string() + suffix);
    }

    // Tests run side by side, each in its own process.
    std::filesystem::path file_ =
        std::filesystem::path(testing::TempDir()) / ("perdure-trouble-" + std::to_string(::getpid()) + ".db");
};

TEST_F(OnDisk, AFullDiskIsToldAsPassingAndLeavesNothingHalfDone) {
    start("o-1");
    hand_worker worker(server_->port());
    worker.give_credit();
    const auto task = worker.next_task();
    raw_client client(server_->port());
    // The task went ahead of the disk; who looks at the run waits until its start is there too.
    ASSERT_EQ(client.ask("GET", workflows + "/o-1").status, 200);
    {
        const full_disk full;
        const answer started = client.ask("POST", workflows + "/o-2", a_start);
        EXPECT_EQ(started.status, 503);
        EXPECT_THAT(started.body, HasSubstr(R"({"code":14)"));
        EXPECT_EQ(client.ask("POST", workflows + "/o-1/signal/s", "{}").status, 503);
        const auto refused = worker.ask(hand_worker::completed(task.task_token(), {completion()}));
        EXPECT_EQ(refused.error().code(), 14U);
        EXPECT_EQ(client.ask("GET", workflows + "/o-2").status, 404) << "a start that was refused did not happen";
        EXPECT_EQ(client.ask("GET", "/healthz").status, 200);
    }
    // The same requests again, with room and without a restart.
    EXPECT_EQ(client.ask("POST", workflows + "/o-2", a_start).status, 200);
    EXPECT_FALSE(worker.ask(hand_worker::completed(task.task_token(), {completion()})).has_error());
    EXPECT_THAT(history("o-1"), HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
    EXPECT_EQ(count(history("o-1"), "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED"), 0U);
    open();
    EXPECT_THAT(history("o-1"), HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
    EXPECT_THAT(history("o-2"), HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"));
}

TEST_F(OnDisk, ASecondServerOnTheFileIsRefusedWithTheRemedy) {
    const auto second = server_runtime::start(from());
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, AllOf(HasSubstr(file_.string()), HasSubstr("stop that server first")));
    expect_that_others_feel_nothing();
}

TEST_F(OnDisk, ALostFileIsRefusedAtStartWithTheRemedy) {
    start("o-1");
    server_.reset();
    std::filesystem::remove(file_);
    std::ofstream(file_.string() + "-wal") << "commits that were acknowledged";
    const auto again = server_runtime::start(from());
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, AllOf(HasSubstr(file_.string()), HasSubstr("put the database back")));
}

}  // namespace
}  // namespace perdure::server
