#include "server/runtime/run.hpp"

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/store_flag.hpp"
#include "cli/render/table.hpp"
#include "server/config/config_file.hpp"

namespace perdure::cli {
namespace {

struct server_flags {
    std::string database;
    std::string store;
    std::string config;
    std::string ip;
    std::string log_level;
    std::string log_format;
    int http_port = -1;
};

std::string shown_store(const server::options& options) {
    return options.store.of == server::store_address::kind::sqlite ? options.store.location : options.store.text();
}

server::options build_options(const server_flags& flags) {
    server::options options;
    if (!flags.config.empty()) {
        auto loaded = server::load_config(flags.config);
        if (!loaded) throw command_error(exit_code::usage, loaded.error().message);
        options = *std::move(loaded);
    }
    if (!flags.database.empty()) options.store = {server::store_address::kind::sqlite, flags.database};
    if (!flags.store.empty()) options.store = read_store(flags.store);
    if (!flags.ip.empty()) options.address = flags.ip;
    if (flags.http_port >= 0) options.http_port = static_cast<std::uint16_t>(flags.http_port);
    if (!flags.log_level.empty()) options.level = server::parse_log_level(flags.log_level).value_or(options.level);
    if (!flags.log_format.empty()) options.format = server::parse_log_format(flags.log_format).value_or(options.format);
    return options;
}

exit_code run_server(session& shared, const server::options& options) {
    const bool lasts = options.store.of != server::store_address::kind::memory;
    const auto announce = [&](std::uint16_t port) {
        const std::string url = "http://" + options.address + ":" + std::to_string(port);
        shared.print(render_card(
            {{"Server", url},
             {"Metrics", url + "/metrics"},
             {"Store", lasts ? shown_store(options) : "memory: everything is lost when the server ends; --db FILE keeps it"}},
            shared.colour()));
        shared.print_json({{"address", url}, {"store", shown_store(options)}});
    };
    return server::run(options, announce) == 0 ? exit_code::ok : exit_code::failed;
}

void add_flags(CLI::App& command, server_flags& flags) {
    auto* database = command.add_option("-f,--db,--db-filename", flags.database, "SQLite file; the same as --store sqlite:FILE");
    command.add_option("--store", flags.store, "memory, sqlite:FILE or postgres://user@host/database")->excludes(database);
    command.add_option("--http-port", flags.http_port, "Port for clients, workers and metrics (7243); 0 lets the system choose")
        ->check(CLI::Range(0, 65535));
    command.add_option("--ip", flags.ip, "Address to listen on (127.0.0.1)");
    command.add_option("--config", flags.config, "TOML file with settings; flags override it")
        ->check(CLI::ExistingFile.description(""));
    command.add_option("--log-level", flags.log_level, "Least severity that is logged (info)")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
    command.add_option("--log-format", flags.log_format, "Form of a log line (logfmt)")->check(CLI::IsMember({"logfmt", "json"}));
}

void add_start_dev(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("start-dev", "Run a server in this terminal");
    command->footer(
        "Examples:\n"
        "  perdure server start-dev                     # in memory\n"
        "  perdure server start-dev --db perdure.db     # kept in an SQLite file\n");
    auto flags = std::make_shared<server_flags>();
    add_flags(*command, *flags);
    command->callback(
        [&shared, flags] { shared.action = [&shared, flags] { return run_server(shared, build_options(*flags)); }; });
}

exit_code run_start(session& shared, const server_flags& flags) {
    const auto options = build_options(flags);
    if (options.store.of == server::store_address::kind::memory && flags.store.empty())
        throw command_error(exit_code::usage,
                            "no store is named, and memory would lose everything; give --store postgres://user@host/database or "
                            "--db FILE, or set server.store in the file of --config");
    return run_server(shared, options);
}

void add_start(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("start", "Run a server on a store that lasts");
    command->footer(
        "Several servers may run on one PostgreSQL database: one serves, the others stand by and take over when it is gone.\n\n"
        "Examples:\n"
        "  perdure server start --store postgres://perdure@db.example/perdure\n"
        "  perdure server start --store sqlite:/var/lib/perdure/perdure.db --config /etc/perdure.toml\n");
    auto flags = std::make_shared<server_flags>();
    add_flags(*command, *flags);
    command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_start(shared, *flags); }; });
}

}  // namespace

void add_server(CLI::App& parent, session& shared) {
    add_start(parent, shared);
    add_start_dev(parent, shared);
}

}  // namespace perdure::cli
