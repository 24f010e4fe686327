#include "history_service/shard/fsck.hpp"

#include <filesystem>
#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/store_flag.hpp"
#include "cli/lease_keeper.hpp"
#include "history_service/store/postgres/postgres_store.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"

namespace perdure::cli {
namespace {

using server::store_address;

// As its owner, so that no server writes meanwhile.
std::unique_ptr<history::store> open_store(const store_address& place) {
    if (place.of == store_address::kind::memory) throw command_error(exit_code::usage, "--store: memory ends with its server");
    if (place.of == store_address::kind::sqlite && !std::filesystem::exists(place.location))
        throw command_error(exit_code::not_found, "there is no database file '" + place.location + "'");
    auto store = place.of == store_address::kind::sqlite
                     ? history::open_sqlite_store({.path = place.location, .create = false})
                     : history::open_postgres_store({.uri = place.location, .migrate = false});
    if (!store) throw to_command_error(store.error());
    return *std::move(store);
}

exit_code run_fsck(session& shared, const store_address& place) {
    const std::string shown = place.of == store_address::kind::sqlite ? place.location : place.text();
    const auto store = open_store(place);
    std::unique_ptr<lease_keeper> alone;
    if (place.of == store_address::kind::postgres) {
        auto taken = lease_keeper::take(*store);
        if (!taken) throw to_command_error(taken.error());
        alone = *std::move(taken);
    }
    const auto found = history::fsck(*store);
    if (!found) throw to_command_error(found.error());
    if (alone && alone->lost()) throw to_command_error(*alone->lost());
    for (const auto& fault : *found) shared.print(fault + "\n");
    shared.print(found->empty() ? shown + " is sound.\n" : std::to_string(found->size()) + " faults found in " + shown + ".\n");
    shared.print_json({{"file", shown}, {"sound", found->empty()}, {"faults", *found}});
    return found->empty() ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_fsck(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("fsck", "Check a store: nothing pending is forgotten, every history folds");
    command->footer(
        "No server may use the store meanwhile: a file must be closed, and a lease free. Exits 1 if a fault was found.\n\n"
        "Examples:\n"
        "  perdure fsck --db perdure.db\n"
        "  perdure fsck --store postgres://perdure@db.example/perdure\n");
    auto file = std::make_shared<std::string>();
    auto store = std::make_shared<std::string>();
    auto* database = command->add_option("-f,--db,--db-filename", *file, "SQLite file; this or --store");
    command->add_option("--store", *store, "sqlite:FILE or postgres://user@host/database")->excludes(database);
    command->callback([&shared, file, store] {
        if (file->empty() && store->empty()) throw CLI::RequiredError("--db or --store");
        const store_address place = file->empty() ? read_store(*store) : store_address{store_address::kind::sqlite, *file};
        shared.action = [&shared, place] { return run_fsck(shared, place); };
    });
}

}  // namespace perdure::cli
