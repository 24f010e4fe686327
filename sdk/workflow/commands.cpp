#include "sdk/workflow/commands.hpp"

#include <algorithm>
#include <utility>

#include "api/proto.hpp"

namespace perdure::detail {

command_entry::command_entry() = default;
command_entry::~command_entry() = default;
command_entry::command_entry(command_entry&&) noexcept = default;
command_entry& command_entry::operator=(command_entry&&) noexcept = default;

command_list::command_list() = default;
command_list::~command_list() = default;

command_entry& command_list::add(command_entry entry) { return entries_.emplace_back(std::move(entry)); }

bool command_list::withdraw(int type, std::uint32_t slot, std::uint32_t generation) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const command_entry& entry) {
        return entry.type == type && entry.slot == slot && entry.slot_generation == generation;
    });
    if (found == entries_.end()) return false;
    entries_.erase(found);
    return true;
}

std::vector<command_entry> command_list::take() noexcept { return std::exchange(entries_, {}); }

}  // namespace perdure::detail
