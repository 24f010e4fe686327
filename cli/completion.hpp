#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace perdure::cli {

/// A command and the words that may follow it.
struct command_entry {
    /// "workflow start"; empty for the program itself.
    std::string path;
    std::vector<std::string> subcommands;
    std::vector<std::string> options;
};

/// Every command of a program, parents before their children.
[[nodiscard]] std::vector<command_entry> command_words(const CLI::App& root);

/// A script for bash, zsh or fish that completes the program `perdure`. Precondition: `shell` is one of them.
[[nodiscard]] std::string completion_script(const std::string& shell, const std::vector<command_entry>& commands);

}  // namespace perdure::cli
