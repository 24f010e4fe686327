#include "server/runtime/run.hpp"

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/render/table.hpp"
#include "server/config/config_file.hpp"

namespace perdure::cli {
namespace {

struct server_flags {
    std::string database;
    std::string config;
    std::string ip;
    std::string log_level;
    std::string log_format;
    int http_port = -1;
};

server::options build_options(const server_flags& flags) {
    server::options options;
    if (!flags.config.empty()) {
        auto loaded = server::load_config(flags.config);
        if (!loaded) throw command_error(exit_code::usage, loaded.error().message);
        options = *std::move(loaded);
    }
    if (!flags.database.empty()) options.database = flags.database;
    if (!flags.ip.empty()) options.address = flags.ip;
    if (flags.http_port >= 0) options.http_port = static_cast<std::uint16_t>(flags.http_port);
    if (!flags.log_level.empty()) options.level = server::parse_log_level(flags.log_level).value_or(options.level);
    if (!flags.log_format.empty()) options.format = server::parse_log_format(flags.log_format).value_or(options.format);
    return options;
}

exit_code run_start_dev(session& shared, const server_flags& flags) {
    const auto options = build_options(flags);
    const auto announce = [&](std::uint16_t port) {
        const std::string url = "http://" + options.address + ":" + std::to_string(port);
        shared.print(
            render_card({{"Server", url},
                         {"Metrics", url + "/metrics"},
                         {"Store", options.database ? *options.database
                                                    : "memory: everything is lost when the server ends; --db FILE keeps it"}},
                        shared.colour()));
        shared.print_json(
            {{"address", url}, {"store", options.database ? ordered_json(*options.database) : ordered_json("memory")}});
    };
    return server::run(options, announce) == 0 ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_server(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("start-dev", "Run a server in this terminal");
    command->footer(
        "Examples:\n"
        "  perdure server start-dev                     # in memory\n"
        "  perdure server start-dev --db perdure.db     # kept in an SQLite file\n");
    auto flags = std::make_shared<server_flags>();
    command->add_option("-f,--db,--db-filename", flags->database, "SQLite file; without it everything is in memory");
    command->add_option("--http-port", flags->http_port, "Port for clients, workers and metrics (7243); 0 lets the system choose")
        ->check(CLI::Range(0, 65535));
    command->add_option("--ip", flags->ip, "Address to listen on (127.0.0.1)");
    command->add_option("--config", flags->config, "TOML file with settings; flags override it")
        ->check(CLI::ExistingFile.description(""));
    command->add_option("--log-level", flags->log_level, "Least severity that is logged (info)")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
    command->add_option("--log-format", flags->log_format, "Form of a log line (logfmt)")
        ->check(CLI::IsMember({"logfmt", "json"}));
    command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_start_dev(shared, *flags); }; });
}

}  // namespace perdure::cli
