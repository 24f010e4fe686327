#include <csignal>
#include <perdure/worker_main.hpp>
#include <thread>

#include "tests/unit/vocabulary/example_codecs.hpp"
#include "world.hpp"

namespace perdure {
namespace {

using ::testing::HasSubstr;

class WorkerMain : public world {
  protected:
    int run(std::vector<std::string> words, const std::function<void(worker&)>& setup) {
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        return worker_main(static_cast<int>(argv.size()), argv.data(), options(), setup);
    }
    static void add_sum(worker& serving) {
        serving.add_workflow<SumWorkflow>();
        serving.add_activity(double_it, [](int value) { return value * 2; });
    }
};

TEST_F(WorkerMain, RunsUntilSigtermAndThenDrains) {
    const client caller = connect();
    std::thread meanwhile([&] {
        const auto run = caller.start<Sum>(3, named("main"));
        run.signal(Sum::add, -1);
        EXPECT_EQ(run.result(20s), 6);
        ::kill(::getpid(), SIGTERM);
    });
    EXPECT_EQ(this->run({"sums", "run", "--address", "http://127.0.0.1:" + std::to_string(port)}, add_sum), 0);
    meanwhile.join();
    EXPECT_TRUE(was_said("draining"));
}

TEST_F(WorkerMain, ConvertsPayloadsOfItsClientAndItsWorkers) {
    const data_conversion how{.codecs = {std::make_shared<example::xor_codec>()}};
    const std::string address = "http://127.0.0.1:" + std::to_string(port);
    std::thread meanwhile([&] {
        const auto run = client::connect({.target = address, .patience = 20s, .conversion = how}).start<Sum>(3, named("sealed"));
        run.signal(Sum::add, -1);
        EXPECT_EQ(run.result(20s), 6);
        ::kill(::getpid(), SIGTERM);
    });
    std::vector<std::string> words{"sums", "run", "--address", address};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    const auto setup = [&](worker_setup& made) {
        made.convert(how);
        add_sum(made.add_worker(options()));
        EXPECT_THROW(made.convert({}), std::logic_error);
    };
    EXPECT_EQ(worker_main(static_cast<int>(argv.size()), argv.data(), setup), 0);
    meanwhile.join();
}

TEST_F(WorkerMain, AWrongCommandLineIsTold) {
    EXPECT_EQ(run({"sums", "run", "--no-such-flag"}, add_sum), 2);
    EXPECT_EQ(run({"sums", "--help"}, add_sum), 0);
    EXPECT_EQ(run({"sums", "run", "--address", "ftp://nowhere"}, add_sum), 1);
}

TEST_F(WorkerMain, ASetupThatRegistersNothingIsTold) {
    EXPECT_EQ(run({"sums", "run", "--address", "http://127.0.0.1:" + std::to_string(port)}, [](worker&) {}), 1);
}

TEST_F(WorkerMain, ServesMetricsUnderTemporalsNames) {
    worker_options given = options();
    given.metrics_port = free_port();
    const client caller = connect();
    worker serving(caller, given);
    add_sum(serving);
    serving.start();
    const auto run = caller.start<Sum>(3, named("measured"));
    run.signal(Sum::add, -1);
    EXPECT_EQ(run.result(20s), 6);

    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), given.metrics_port});
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    socket.send(boost::asio::buffer(request));
    std::string text;
    std::array<char, 4096> part{};
    boost::system::error_code end;
    while (const std::size_t bytes = socket.read_some(boost::asio::buffer(part), end)) text.append(part.data(), bytes);
    EXPECT_THAT(text, HasSubstr("temporal_workflow_completed{"));
    EXPECT_THAT(text, HasSubstr("workflow_type=\"sum\""));
    EXPECT_THAT(text, HasSubstr("temporal_activity_execution_latency_bucket{"));
    EXPECT_THAT(text, HasSubstr("temporal_worker_start{"));
}

}  // namespace
}  // namespace perdure
