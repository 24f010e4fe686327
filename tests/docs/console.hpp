#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/docs/page.hpp"

namespace perdure::docs {

/// A command of a console block, and what the page shows below it.
struct step {
    std::string command;
    std::string shown;
};

/// The commands of a block: lines that begin with "$ ", with the lines below that begin with "> ".
std::vector<step> steps_of(const block& shown);

/// Whether `said` is what `shown` says: "…" in `shown` stands for any text, blanks at the ends of lines do not count.
bool fits(std::string_view shown, std::string_view said);

/// A terminal in a folder of its own that has the built programs on its path. Servers and gateways get free ports instead of
/// their usual ones, and everything that is run later finds them; outputs name the usual ones.
class console {
  public:
    console();
    /// Ends the programs in the background, the last first, and removes the folder.
    ~console();
    console(const console&) = delete;
    console& operator=(const console&) = delete;

    /// Runs a command to its end and returns everything that it wrote; a failure's exit code is its last line.
    std::string run(const std::string& command);
    /// Starts a command that goes on, and waits until it has said what the page shows. Returns what it has said by then.
    std::string start(const step& what);

  private:
    pid_t spawn(const std::string& command, const std::filesystem::path& output) const;
    void learn_port(const std::string& command, const std::string& said);
    [[nodiscard]] std::string with_usual_ports(std::string said) const;

    std::filesystem::path folder_;
    std::vector<pid_t> background_;
    std::map<std::string, std::string> environment_;
    std::map<std::string, std::string> usual_port_;  ///< by the port that is used instead
    std::size_t outputs_ = 0;
};

}  // namespace perdure::docs
