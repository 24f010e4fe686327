#include "history_service/shard/fsck.hpp"

#include <filesystem>
#include <memory>

#include "cli/commands/commands.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"

namespace perdure::cli {
namespace {

exit_code run_fsck(session& shared, const std::string& file) {
    if (!std::filesystem::exists(file)) throw command_error(exit_code::not_found, "there is no database file '" + file + "'");
    // As the file's owner, so that no server writes meanwhile.
    auto store = history::open_sqlite_store({.path = file, .create = false});
    if (!store) throw to_command_error(store.error());
    const auto found = history::fsck(**store);
    if (!found) throw to_command_error(found.error());
    for (const auto& fault : *found) shared.print(fault + "\n");
    shared.print(found->empty() ? file + " is sound.\n" : std::to_string(found->size()) + " faults found in " + file + ".\n");
    shared.print_json({{"file", file}, {"sound", found->empty()}, {"faults", *found}});
    return found->empty() ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_fsck(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("fsck", "Check a database file: nothing pending is forgotten, every history folds");
    command->footer(
        "No server may have the file open meanwhile. Exits 1 if a fault was found.\n\n"
        "Example:\n  perdure fsck --db perdure.db\n");
    auto file = std::make_shared<std::string>();
    command->add_option("-f,--db,--db-filename", *file, "SQLite file")->required();
    command->callback([&shared, file] { shared.action = [&shared, file] { return run_fsck(shared, *file); }; });
}

}  // namespace perdure::cli
