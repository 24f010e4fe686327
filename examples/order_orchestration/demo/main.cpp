// Feeds orders.jsonl to a real server with two real workers, kills one worker and the server halfway, and audits the books.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "demo/audit.hpp"
#include "demo/customers.hpp"
#include "demo/process.hpp"
#include "demo/report.hpp"
#include "demo/stage.hpp"

namespace {

using namespace shop::demo;
using namespace std::chrono_literals;

std::string program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path().string(); }

// Kills a worker at a third and the server at half of the orders, and brings both back.
void disturb(Stage& stage, std::size_t finished, std::size_t total, int& acts, std::string& news) {
    if (acts == 0 && finished * 3 >= total) {
        stage.kill_worker(0);
        news = "worker 1 was killed (SIGKILL)";
        ++acts;
    } else if (acts == 1 && finished * 2 >= total) {
        stage.kill_server();
        news = "the server was killed (SIGKILL)";
        ++acts;
    } else if (acts == 2) {
        std::this_thread::sleep_for(500ms);
        stage.start_server();
        stage.start_worker(0);
        news = "the server and worker 1 are back";
        ++acts;
    }
}

void show_compensated(const Stage& stage, const std::vector<Outcome>& outcomes) {
    for (const Outcome& o : outcomes) {
        if (o.ended != "ShipmentRefused") continue;
        std::printf("\nThe history of %s (%s):\n", o.story.order.id.c_str(), o.story.about.c_str());
        std::fflush(stdout);
        const int status = run_in_the_foreground(
            {stage.program("perdure"), "workflow", "show", "--address", stage.address(), "-w", "order-" + o.story.order.id});
        if (status != 0) std::printf("(perdure workflow show failed)\n");
        return;
    }
}

void suggest(const Stage& stage) {
    std::printf(
        "\nWhat to try next:\n"
        "  %s server start-dev --db %s        # the same data, still there\n"
        "  %s workflow list\n"
        "  %s workflow show -w order-o-001\n"
        "  $EDITOR examples/order_orchestration/order.workflow.cpp\n",
        stage.program("perdure").c_str(), stage.path("perdure.db").c_str(), stage.program("perdure").c_str(),
        stage.program("perdure").c_str());
}

int play(const std::string& orders, const std::string& folder, std::size_t at_once, bool discard) {
    const bool terminal = ::isatty(STDOUT_FILENO) != 0;
    Stage stage({.programs = program_folder(), .folder = folder});
    std::printf("server %s, payment gateway and %zu workers are up; data and logs are in %s\n", stage.address().c_str(),
                stage.workers(), folder.c_str());

    Customers customers(stage.address(), read_stories(orders), at_once);
    int acts = 0;
    std::string news;
    std::string told;
    for (std::size_t shown = 0; customers.finished() < customers.total();) {
        disturb(stage, customers.finished(), customers.total(), acts, news);
        if (terminal || customers.finished() >= shown + 10 || news != told) {
            draw_progress(shown = customers.finished(), customers.total(), news, terminal);
            told = news;
        }
        std::this_thread::sleep_for(50ms);
    }
    const std::vector<Outcome> outcomes = customers.outcomes();
    draw_progress(customers.total(), customers.total(), "every order has ended", terminal);
    std::printf("\n\n");

    const auto books = read_books(stage.path("warehouse.db"), stage.path("payments.db"));
    std::printf("%s", table(outcomes, books).c_str());
    show_compensated(stage, outcomes);
    const std::vector<std::string> broken = stage.broken_down();
    stage.stop();

    std::map<std::string, bool> shipped;
    std::size_t surprises = 0;
    for (const Outcome& o : outcomes) {
        surprises += !o.as_expected();
        if (o.ended != "duplicate") shipped[o.story.order.id] = o.ended == "shipped";
    }
    const auto violations = audit(books, shipped);
    std::printf("\nAudit of %zu orders: ", shipped.size());
    if (violations.empty())
        std::printf("each shipped order has one charge, one reservation and one shipment; each other nets to zero\n");
    for (const std::string& violation : violations) std::printf("\n  %s", violation.c_str());
    if (surprises > 0) std::printf("\n%zu orders did not end as their story says\n", surprises);
    for (const std::string& log : broken) std::printf("\nA process ended by itself; see %s\n", log.c_str());
    std::fflush(stdout);
    const bool sound = run_in_the_foreground({stage.program("perdure"), "fsck", "--db", stage.path("perdure.db")}) == 0;
    if (!violations.empty() || surprises > 0 || !broken.empty() || !sound) return EXIT_FAILURE;
    if (!discard) suggest(stage);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    std::string orders = PERDURE_ORDERS_FILE;
    std::string folder = (std::filesystem::temp_directory_path() / ("perdure-demo-" + std::to_string(::getpid()))).string();
    std::size_t at_once = 16;
    bool discard = false;
    CLI::App app{"The order example, with a killed worker and a killed server"};
    app.add_option("--orders", orders, "A file with one story a line")->capture_default_str();
    app.add_option("--folder", folder, "Where databases and logs go")->capture_default_str();
    app.add_option("--at-once", at_once, "Customers at the same time")->capture_default_str();
    app.add_flag("--discard", discard, "Remove databases and logs at the end, unless something is wrong");
    CLI11_PARSE(app, argc, argv);
    try {
        const int status = play(orders, folder, at_once, discard);
        if (discard && status == EXIT_SUCCESS) std::filesystem::remove_all(folder);
        return status;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "order_demo: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
