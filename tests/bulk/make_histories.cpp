// Runs orders over all their paths on a server in memory and exports their histories: make_histories --count 300 --to FOLDER

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <perdure/embedded.hpp>
#include <perdure/replayer.hpp>
#include <stdexcept>

#include "sdk/client/history_pages.hpp"
#include "tests/bulk/shop.hpp"

namespace {

using perdure::client;

constexpr std::size_t under_way = 200;

void tell(const client& via, const std::string& id, std::size_t n) {
    auto run = via.attach<shop::OrderFlow>(id);
    switch (shop::path_of(n)) {
        case shop::Path::approved:
        case shop::Path::rejected:
            run.signal(shop::OrderFlow::approval,
                       shop::Approval{.granted = shop::path_of(n) == shop::Path::approved, .by = "ann"});
            break;
        case shop::Path::cancelled:
            run.cancel("customer changed her mind");
            break;
        default:
            break;
    }
}

void finish(const client& via, const std::string& id, const std::filesystem::path& folder) {
    try {
        static_cast<void>(via.attach<shop::OrderFlow>(id).result());
    } catch (const perdure::workflow_failure&) {  // many paths end badly
    }
    const auto events = perdure::detail::fetch_history(via, id, {});
    std::ofstream out(folder / (id + ".json"));
    out << perdure::history::from_binary(events.SerializeAsString(), id).to_json();
    if (!out.flush()) throw std::runtime_error("cannot write into " + folder.string());
}

void make(std::size_t count, const std::filesystem::path& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    perdure::embedded_server server;
    const client via = server.client();
    perdure::worker worker(via, {.task_queue = "orders",
                                 .workflow_threads = 1,
                                 .activity_threads = 4,
                                 .max_activities = 200,
                                 .least_log_level = perdure::log_level::error});
    shop::add_shop(worker);
    worker.start();
    std::deque<std::string> open;
    for (std::size_t n = 0; n < count; ++n) {
        const shop::Order order = shop::make_order(n);
        const std::string id = "order-" + order.id;
        static_cast<void>(via.start<shop::OrderFlow>(order, {.id = id, .task_queue = "orders"}));
        tell(via, id, n);
        open.push_back(id);
        if (open.size() < under_way) continue;
        finish(via, open.front(), folder);
        open.pop_front();
    }
    for (const std::string& id : open) finish(via, id, folder);
    worker.stop();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Makes histories of orders"};
    std::size_t count = 300;
    std::string folder;
    app.add_option("--count", count)->check(CLI::Range(1, 1'000'000));
    app.add_option("--to", folder)->required();
    CLI11_PARSE(app, argc, argv);
    try {
        make(count, folder);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
