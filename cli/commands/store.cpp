#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/store_flag.hpp"
#include "cli/render/table.hpp"
#include "history_service/store/postgres/admin.hpp"

namespace perdure::cli {
namespace {

using history::postgres::schema_state;

// The other stores are one file or nothing, and look after themselves.
std::string database_of(const std::string& text) {
    const auto store = read_store(text);
    if (store.of != server::store_address::kind::postgres)
        throw command_error(exit_code::usage,
                            "--store: only a PostgreSQL database has a schema to look after; the server brings an "
                            "SQLite file up to date when it opens it");
    return store.location;
}

std::string describe_schema(const schema_state& state) {
    if (state.found == 0) return "none yet; 'perdure store migrate' makes it, or a server when it starts";
    const std::string found = std::to_string(state.found);
    if (state.found < state.known)
        return found + ", older than this program's " + std::to_string(state.known) +
               "; 'perdure store migrate' brings it up to date";
    if (state.found > state.known)
        return found + ", newer than this program's " + std::to_string(state.known) + "; use a newer perdure";
    return found + ", up to date";
}

std::string describe_lease(const schema_state& state) {
    if (state.owner.empty()) return "nobody holds it (epoch " + std::to_string(state.epoch) + ")";
    return state.owner + " (epoch " + std::to_string(state.epoch) + "), for another " + std::to_string(state.lease_ms) + " ms";
}

exit_code run_status(session& shared, const std::string& store) {
    const auto found = history::postgres::schema_status(database_of(store));
    if (!found) throw to_command_error(found.error());
    std::vector<property> lines{
        {"Database", found->database + " as " + found->role + (found->is_standby ? ", a standby: read only" : "")},
        {"PostgreSQL", found->server},
        {"Schema", describe_schema(*found)},
        {"Lease", describe_lease(*found)}};
    for (const std::string& warning : found->warnings) lines.push_back({"Warning", warning});
    shared.print(render_card(lines, shared.colour()));
    shared.print_json({{"database", found->database},
                       {"role", found->role},
                       {"server", found->server},
                       {"standby", found->is_standby},
                       {"schema", {{"found", found->found}, {"known", found->known}}},
                       {"lease", {{"owner", found->owner}, {"epoch", found->epoch}, {"remainingMs", found->lease_ms}}},
                       {"warnings", found->warnings}});
    return found->found == found->known ? exit_code::ok : exit_code::failed;
}

exit_code run_migrate(session& shared, const std::string& store) {
    const auto applied = history::postgres::migrate(database_of(store));
    if (!applied) throw to_command_error(applied.error());
    if (applied->empty()) shared.print("The schema is up to date.\n");
    for (const int one : *applied) shared.print("Applied version " + std::to_string(one) + ".\n");
    shared.print_json({{"applied", *applied}});
    return exit_code::ok;
}

void add_command(CLI::App& parent, session& shared, const char* name, const char* help, const char* footer,
                 exit_code (*run)(session&, const std::string&)) {
    auto* command = parent.add_subcommand(name, help);
    command->footer(footer);
    auto store = std::make_shared<std::string>();
    command->add_option("--store", *store, "postgres://user@host/database")->required();
    command->callback([&shared, store, run] { shared.action = [&shared, store, run] { return run(shared, *store); }; });
}

}  // namespace

void add_store(CLI::App& parent, session& shared) {
    add_command(parent, shared, "status", "Show the schema of a database and who holds its lease",
                "Changes nothing. Exits 1 if the schema is not this program's.\n\n"
                "Example:\n  perdure store status --store postgres://perdure@db.example/perdure\n",
                run_status);
    add_command(parent, shared, "migrate", "Make the tables of a database or bring them up to date",
                "A server does the same when it starts. Running it before needs a role that may create the schema; the server's\n"
                "own role then needs no more than to read and write it.\n\n"
                "Example:\n  perdure store migrate --store postgres://owner@db.example/perdure\n",
                run_migrate);
}

}  // namespace perdure::cli
