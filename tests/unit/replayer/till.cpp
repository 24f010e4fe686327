#include "tests/unit/replayer/till.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "api/json.hpp"

namespace perdure::test {

perdure::task<int> Till::run(perdure::context ctx, int rounds) {
    for (int round = 1; round <= rounds; ++round) {
        if (edition == "other state" && round == 2) total_ += 100;
        total_ += co_await take(ctx, round);
    }
    if (edition == "longer sleep") {
        co_await ctx.sleep(2h);
    } else {
        co_await ctx.sleep(1h);
    }
    if (edition == "throws") throw std::runtime_error("a mistake");
    co_await ctx.receive(close_);
    open_ = false;
    if (edition == "one more call") co_await ctx.call(work, 99, quick);
    if (edition == "other result") co_return -1;
    co_return edition == "other state" ? 3 : total_;
}

perdure::task<int> Till::take(perdure::context ctx, int amount) {
    const int asked = edition == "other input" && amount == 2 ? 7 : amount;
    if (edition == "other call" && amount == 2) co_return co_await ctx.call(rest, asked, quick);
    co_return co_await ctx.call(work, asked, quick);
}

pb::history::History recorded_till(int rounds) {
    edition = "first";
    story told(detail::make_workflow_type<Till>(), story_mode::cached);
    told.start(rounds).task();
    for (int round = 1; round <= rounds; ++round) told.complete(round, round).task();
    told.pass(std::chrono::hours(1)).fire(1).task();
    told.signal("close").task();
    return told.history();
}

perdure::history as_history(const pb::history::History& events) {
    return perdure::history::from_binary(events.SerializeAsString(), "till.pb");
}

perdure::replay_report replay_till(const std::string& code, perdure::replay_options options) {
    const perdure::history recorded = as_history(recorded_till());
    perdure::replayer replayer(std::move(options));
    replayer.add_workflow<Till>();
    edition = code;
    perdure::replay_report report = replayer.replay(recorded);
    edition = "first";
    return report;
}

scratch_folder::scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "perdure-replayer-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

scratch_folder::~scratch_folder() { std::filesystem::remove_all(path_); }

std::filesystem::path scratch_folder::write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
}

}  // namespace perdure::test
