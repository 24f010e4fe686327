#include "cli/completion.hpp"

namespace perdure::cli {
namespace {

void collect(const CLI::App& app, const std::string& path, const std::vector<std::string>& inherited,
             std::vector<command_entry>& into) {
    command_entry entry{path, {}, inherited};
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) entry.options.push_back("--" + name);
    }
    const auto children = app.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* child : children) entry.subcommands.push_back(child->get_name());
    into.push_back(entry);
    // Flags of the program itself are taken after a subcommand too.
    const auto& passed = path.empty() ? entry.options : inherited;
    std::vector<std::string> global;
    for (const auto& name : passed) {
        if (name != "--help" && name != "--version") global.push_back(name);
    }
    for (const auto* child : children)
        collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), global, into);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

/// The longest known path among the words before the cursor decides what may come next.
std::string bash(const std::vector<command_entry>& commands) {
    std::string out =
        "_perdure() {\n"
        "    local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case \"${path:+$path }$word\" in\n            ";
    std::string paths;
    for (const auto& command : commands) {
        if (!command.path.empty()) paths += (paths.empty() ? "" : "|") + ("\"" + command.path + "\"");
    }
    out += paths +
           ") path=\"${path:+$path }$word\" ;;\n"
           "        esac\n"
           "    done\n"
           "    local words=\"\"\n"
           "    case \"$path\" in\n";
    for (const auto& command : commands) {
        out += "        \"" + command.path + "\")\n" + "            if [[ $current == -* ]]; then words=\"" +
               joined(command.options) + "\"; else words=\"" + joined(command.subcommands) + "\"; fi ;;\n";
    }
    return out +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$current\"))\n"
           "}\n"
           "complete -F _perdure perdure\n";
}

std::string fish(const std::vector<command_entry>& commands) {
    std::string out =
        "function __perdure_path\n"
        "    set -l path ''\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        set -l longer (string trim -- \"$path $word\")\n"
        "        contains -- \"$longer\"";
    for (const auto& command : commands) {
        if (!command.path.empty()) out += " '" + command.path + "'";
    }
    out +=
        "; and set path $longer\n"
        "    end\n"
        "    test \"$path\" = \"$argv[1]\"\n"
        "end\n";
    for (const auto& command : commands) {
        const std::string when = "complete -c perdure -n \"__perdure_path '" + command.path + "'\"";
        if (!command.subcommands.empty()) out += when + " -f -a '" + joined(command.subcommands) + "'\n";
        for (const auto& option : command.options) out += when + " -l " + option.substr(2) + "\n";
    }
    return out;
}

}  // namespace

std::vector<command_entry> command_words(const CLI::App& root) {
    std::vector<command_entry> out;
    collect(root, "", {}, out);
    return out;
}

std::string completion_script(const std::string& shell, const std::vector<command_entry>& commands) {
    if (shell == "fish") return fish(commands);
    // zsh runs bash's completions.
    if (shell == "zsh")
        return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + bash(commands);
    return bash(commands);
}

}  // namespace perdure::cli
