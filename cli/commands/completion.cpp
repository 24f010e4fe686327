#include "cli/completion.hpp"

#include <memory>

#include "cli/commands/commands.hpp"

namespace perdure::cli {

void add_completion(CLI::App& root, session& shared) {
    auto* command = root.add_subcommand("completion", "Print a completion script for a shell");
    command->footer(
        "Examples:\n"
        "  source <(perdure completion bash)\n"
        "  perdure completion fish > ~/.config/fish/completions/perdure.fish\n");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([&root, &shared, shell] {
        shared.action = [&root, &shared, shell] {
            shared.out() << completion_script(*shell, command_words(root));
            return exit_code::ok;
        };
    });
}

}  // namespace perdure::cli
