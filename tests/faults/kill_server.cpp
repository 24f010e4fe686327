// 200 orders under way while servers and workers are killed at random moments, and with PostgreSQL the database too: all of its
// processes at once, and its connections alone. At the end every order has reached its right outcome, the books balance, and
// fsck finds nothing.
//
//     kill_server [--store sqlite|postgres] [--seed N] [--rounds N] [--orders N] [--kills N] [--folder DIR]

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "demo/audit.hpp"
#include "demo/customers.hpp"
#include "demo/stage.hpp"
#include "tests/support/postgres/cluster.hpp"

namespace {

using namespace shop::demo;
using namespace std::chrono_literals;

// What CTest takes for a test that cannot be run here.
constexpr int skipped = 77;

struct Plan {
    std::uint64_t seed = 1;
    std::size_t orders = 200;
    std::size_t kills = 10;
    std::size_t at_once = 64;
    std::string folder;
    std::string programs;
    std::string store = "sqlite";
};

using perdure::support::postgres_cluster;
enum class Blow : std::uint8_t { server, worker, database, connections };

// The file's stories over and over under new order ids; duplicates are told by their first id, so they are left out.
std::vector<Story> many_stories(std::size_t count) {
    std::vector<Story> base;
    for (Story& story : read_stories(PERDURE_ORDERS_FILE))
        if (story.expect != "duplicate") base.push_back(std::move(story));
    std::vector<Story> stories;
    for (std::size_t i = 0; i < count; ++i) {
        Story story = base[i % base.size()];
        story.order.id = "k-" + std::to_string(i);
        // A person who decides while the server is away decides late: the window leaves room for every restart.
        if (story.approve || story.cancel_after) story.order.approval.give_up_after = 120s;
        stories.push_back(std::move(story));
    }
    return stories;
}

// Answers what was done.
std::string deal(Blow blow, Stage& stage, postgres_cluster* database, std::mt19937_64& dice) {
    const auto moment = [&] { std::this_thread::sleep_for(std::chrono::milliseconds{dice() % 100}); };
    switch (blow) {
        case Blow::server: {
            const std::size_t server = dice() % stage.servers();
            stage.kill_server(server);
            moment();
            stage.start_server(server);
            return "killed server " + std::to_string(server + 1);
        }
        case Blow::worker: {
            const std::size_t worker = dice() % stage.workers();
            stage.kill_worker(worker);
            stage.start_worker(worker);
            return "killed worker " + std::to_string(worker + 1);
        }
        case Blow::database:
            database->kill();
            moment();
            database->start();
            return "killed the database";
        case Blow::connections:
            database->cut_connections();
            return "cut the database's connections";
    }
    return {};
}

// Kills are spread over the progress of the orders, so that a fast machine does not finish before they come.
void disturb(Stage& stage, postgres_cluster* database, const Customers& customers, const Plan& plan) {
    std::mt19937_64 dice(plan.seed);
    std::vector<Blow> blows{Blow::server, Blow::worker};
    if (database != nullptr) blows.insert(blows.end(), {Blow::database, Blow::connections});
    std::vector<std::pair<std::size_t, Blow>> moments;
    for (const Blow blow : blows)
        for (std::size_t i = 0; i < plan.kills; ++i) moments.emplace_back(dice() % (customers.total() * 9 / 10), blow);
    std::ranges::sort(moments);
    for (const auto& [progress, blow] : moments) {
        while (customers.finished() < progress) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(std::chrono::milliseconds{dice() % 40});
        std::printf("%zu/%zu orders done: %s\n", customers.finished(), customers.total(),
                    deal(blow, stage, database, dice).c_str());
        std::fflush(stdout);
    }
}

bool round(const Plan& plan) {
    std::filesystem::remove_all(plan.folder);
    std::unique_ptr<postgres_cluster> database;
    StageOptions options{.programs = plan.programs, .folder = plan.folder};
    if (plan.store == "postgres") {
        database = std::make_unique<postgres_cluster>(postgres_cluster::options{.fsync = true, .settings = {}});
        options.store = database->uri(database->make_database());
        options.servers = 2;
    }
    Stage stage(options);
    Customers customers(stage.address(), many_stories(plan.orders), plan.at_once);
    disturb(stage, database.get(), customers, plan);
    const auto outcomes = customers.outcomes();
    std::vector<std::string> wrong;
    for (const std::string& log : stage.broken_down()) wrong.push_back("a process ended by itself; see " + log);
    stage.stop();

    std::map<std::string, bool> shipped;
    // A card is tried five times, and each blow may cost an attempt: a few orders may end unpaid, and the audit holds for them
    // too.
    std::size_t unpaid = 0;
    for (const Outcome& o : outcomes) {
        shipped[o.story.order.id] = o.ended == "shipped";
        if (o.as_expected()) continue;
        if (o.ended == "failed" && ++unpaid <= outcomes.size() / 20)
            std::printf("%s (%s) ended as failed: the blows used up the attempts of its card\n", o.story.order.id.c_str(),
                        o.story.about.c_str());
        else
            wrong.push_back(o.story.order.id + " (" + o.story.about + ") ended as " + o.ended + ", not " + o.story.expect);
    }
    for (std::string& violation : audit(read_books(stage.path("warehouse.db"), stage.path("payments.db")), shipped))
        wrong.push_back(std::move(violation));
    Process fsck({stage.program("perdure"), "fsck", "--store", stage.store()}, {}, stage.path("fsck.log"));
    while (fsck.running()) std::this_thread::sleep_for(10ms);
    if (fsck.stop() != 0) wrong.push_back("fsck found something; see " + stage.path("fsck.log"));
    for (const std::string& line : wrong) std::printf("WRONG: %s\n", line.c_str());
    std::printf("seed %llu on %s: %zu orders, %zu blows of each kind: %s\n", static_cast<unsigned long long>(plan.seed),
                plan.store.c_str(), outcomes.size(), plan.kills, wrong.empty() ? "every promise held" : "NOT SOUND");
    return wrong.empty();
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    plan.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    plan.folder = (std::filesystem::temp_directory_path() / ("perdure-kill-" + std::to_string(::getpid()))).string();
    std::size_t rounds = 1;
    CLI::App app{"Orders under fire: kills the server and the workers at random moments"};
    app.add_option("--seed", plan.seed, "Which moments; round n uses seed + n")->capture_default_str();
    app.add_option("--rounds", rounds, "How often to play it all")->capture_default_str();
    app.add_option("--orders", plan.orders)->capture_default_str();
    app.add_option("--kills", plan.kills, "Of servers, as many of workers, and so on")->capture_default_str();
    app.add_option("--store", plan.store)->check(CLI::IsMember({"sqlite", "postgres"}))->capture_default_str();
    app.add_option("--folder", plan.folder, "Databases and logs; kept when something is wrong")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (const auto reason = plan.store == "postgres" ? postgres_cluster::missing() : std::nullopt) {
        std::fprintf(stderr, "kill_server: SKIPPED: %s\n", reason->c_str());
        return skipped;
    }
    try {
        for (std::size_t i = 0; i < rounds; ++i, ++plan.seed)
            if (!round(plan)) return EXIT_FAILURE;
        std::filesystem::remove_all(plan.folder);
        return EXIT_SUCCESS;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "kill_server: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
