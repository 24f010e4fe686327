#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "perdure/detail/frame.hpp"

namespace temporal::api::command::v1 {
class Command;
}

namespace perdure::detail {

/// A command that the run has made: what goes to the service, and what a report needs to name it.
struct command_entry {
    int type = 0;  // temporal.api.enums.v1.CommandType
    std::uint32_t slot = 0;
    std::uint32_t slot_generation = 0;  // 0: the command belongs to no operation
    std::int64_t target = 0;            // of a cancel of an activity: the event that scheduled it
    std::string id{};                   // of the activity, timer or marker
    std::string name{};                 // activity type or marker name
    site at{};
    site from{};        // where the coroutine that made it was awaited or started
    site options_at{};  // of an activity: where its options and their retry policy are written
    site retry_at{};
    std::unique_ptr<temporal::api::command::v1::Command> message{};  // gone once it has been sent

    command_entry();
    ~command_entry();
    command_entry(command_entry&&) noexcept;
    command_entry& operator=(command_entry&&) noexcept;
};

/// The commands of the present activation, in the order in which they were issued.
class command_list {
  public:
    command_list();
    ~command_list();

    command_entry& add(command_entry entry);

    /// Takes back the command that started the operation, or the one that cancels it, if it has not been sent.
    bool withdraw(int type, std::uint32_t slot, std::uint32_t generation);

    [[nodiscard]] std::vector<command_entry> take() noexcept;
    [[nodiscard]] const std::vector<command_entry>& entries() const noexcept { return entries_; }

  private:
    std::vector<command_entry> entries_;
};

}  // namespace perdure::detail
