// `perdure workflow export`: many histories into a folder.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "api/json.hpp"
#include "tests/integration/cli/command_line.hpp"

namespace perdure::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// No file of this process can grow beyond so many bytes, as on a disk that is full.
class full_disk {
  public:
    explicit full_disk(::rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::rlimit little = before_;
        little.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &little);
    }
    ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    full_disk(const full_disk&) = delete;
    full_disk& operator=(const full_disk&) = delete;

  private:
    ::rlimit before_{};
};

class export_command : public command_line {
  protected:
    void SetUp() override {
        command_line::SetUp();
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) / ("export-" + std::to_string(::getpid()) + "-" + test->name());
        fs::remove_all(folder_);
    }
    void TearDown() override {
        fs::remove_all(folder_);
        command_line::TearDown();
    }

    printed export_all(std::vector<std::string> more = {}) {
        std::vector<std::string> line{"workflow", "export", "--to", folder_.string()};
        line.insert(line.end(), more.begin(), more.end());
        return perdure(line);
    }
    std::set<std::string> names() const {
        std::set<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_)) found.insert(entry.path().filename().string());
        return found;
    }
    std::string run_of(const std::string& id) {
        return perdure_json({"workflow", "describe", "-w", id})["workflowExecutionInfo"]["execution"]["runId"];
    }
    void close_one() { answer(poll(), {complete("\"done\"")}); }

    fs::path folder_;
};

TEST_F(export_command, writes_a_file_a_run_as_show_prints_it) {
    start("o-1");
    start("order/2 ü");
    const printed said = export_all();
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("2 histories written to " + folder_.string()));
    const std::string first = "o-1--" + run_of("o-1") + ".json";
    EXPECT_EQ(names(), (std::set<std::string>{first, "order%2F2%20%C3%BC--" + run_of("order/2 ü") + ".json"}));
    EXPECT_EQ(content(folder_ / first) + "\n", perdure({"workflow", "show", "-w", "o-1", "--output", "json"}).out);
    EXPECT_TRUE(parse_history(content(folder_ / first), unknown_fields::refuse));
}

TEST_F(export_command, skips_complete_files_of_closed_runs_only) {
    for (const std::string format : {"json", "binary"}) {
        start("closed-" + format);
        close_one();
        start("open-" + format);
        EXPECT_THAT(export_all({"--format", format}).out, HasSubstr("histories written"));
        const printed again = export_all({"--format", format, "--jobs", "1"});
        EXPECT_THAT(again.out, HasSubstr("skipped whose file is complete")) << again.err;
        EXPECT_EQ(again.status, 0);
        // What was exported while it ran is not whole once it has closed.
        close_one();
        const json third = json::parse(export_all({"--format", format, "--output", "json"}).out);
        EXPECT_EQ(third["written"], 1);
        EXPECT_EQ(third["skipped"], format == "json" ? 1 : 3);
        const json fourth = json::parse(export_all({"--format", format, "--output", "json"}).out);
        EXPECT_EQ(fourth["written"], 0);
    }
}

TEST_F(export_command, takes_a_filter_and_a_limit) {
    for (int i = 0; i < 5; ++i) start("o-" + std::to_string(i));
    EXPECT_EQ(export_all({"--query", "WorkflowId = \"o-3\""}).status, 0);
    ASSERT_EQ(names().size(), 1U);
    EXPECT_THAT(*names().begin(), testing::StartsWith("o-3--"));
    EXPECT_EQ(export_all({"--limit", "3", "--format", "binary"}).status, 0);
    EXPECT_EQ(names().size(), 4U);
    EXPECT_EQ(export_all({"--query", "WorkflowId ="}).status, 5);
    EXPECT_EQ(export_all({"--limit", "0"}).status, 2);
    EXPECT_EQ(perdure({"workflow", "export"}).status, 2);
}

TEST_F(export_command, a_full_disk_is_told_and_leaves_no_part_of_a_file) {
    start("o-1");
    {
        const full_disk full(100);
        const printed said = export_all({"--jobs", "1"});
        EXPECT_EQ(said.status, 1);
        EXPECT_THAT(said.err, testing::AllOf(HasSubstr("cannot write"), HasSubstr("too large"), HasSubstr("go on")));
    }
    EXPECT_TRUE(names().empty());
    EXPECT_EQ(export_all().status, 0);
    EXPECT_EQ(names().size(), 1U);
}

TEST_F(export_command, a_folder_that_cannot_be_made_is_told) {
    start("o-1");
    std::ofstream(folder_) << "a file";
    const printed said = export_all();
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.err, HasSubstr("cannot make the folder " + folder_.string()));
}

// A server where a run is deleted between the list and the request for its history.
class forgetful final : public frontend {
  public:
    explicit forgetful(std::unique_ptr<frontend> whole) : whole_(std::move(whole)) {}

#define PERDURE_FORGETFUL_OPERATION(function, Name)                                                       \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override { \
        if (gone(request)) return done(service_failure{status_code::not_found, "no workflow o-2"});       \
        whole_->function(std::move(request), std::move(done));                                            \
    }
    PERDURE_FRONTEND_OPERATIONS(PERDURE_FORGETFUL_OPERATION)
#undef PERDURE_FORGETFUL_OPERATION

  private:
    static bool gone(const pb::service::GetWorkflowExecutionHistoryRequest& request) {
        return request.execution().workflow_id() == "o-2";
    }
    static bool gone(const google::protobuf::Message&) { return false; }

    std::unique_ptr<frontend> whole_;
};

class export_of_vanishing : public export_command {
  protected:
    std::unique_ptr<frontend> connect() override {
        auto whole = command_line::connect();
        if (!forgets_) return whole;
        return std::make_unique<forgetful>(std::move(whole));
    }
    bool forgets_ = false;
};

TEST_F(export_of_vanishing, a_run_that_is_gone_meanwhile_does_not_stop_the_rest) {
    for (int i = 1; i <= 3; ++i) start("o-" + std::to_string(i));
    forgets_ = true;
    const printed said = export_all();
    EXPECT_EQ(said.status, 0);
    EXPECT_THAT(said.err, HasSubstr("passed over: no workflow o-2"));
    EXPECT_THAT(said.out, HasSubstr("2 histories written"));
    EXPECT_THAT(said.out, HasSubstr("1 run gone meanwhile"));
    EXPECT_EQ(names().size(), 2U);
}

}  // namespace
}  // namespace perdure::cli
