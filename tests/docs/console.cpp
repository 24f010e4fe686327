#include "tests/docs/console.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace perdure::docs {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view anything = "…";

std::string read(const fs::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string without_blanks_at_line_ends(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            while (!out.empty() && out.back() == ' ') out.pop_back();
        out += c;
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
    return out;
}

// Programs that serve a port let the system choose one here, so that tests that run side by side do not meet.
const std::string programs_that_serve =
    "perdure() { if [ \"$1 $2\" = 'server start-dev' ]; then exec perdure \"$@\" --http-port 0; else command perdure \"$@\"; fi; "
    "}\n"
    "order_gateway() { exec order_gateway \"$@\" --port 0; }\n";

}  // namespace

std::vector<step> steps_of(const block& shown) {
    std::vector<step> steps;
    for (const std::string& line : shown.lines) {
        if (line.starts_with("$ ")) {
            steps.push_back({.command = line.substr(2), .shown = {}});
        } else if (steps.empty()) {
            throw std::runtime_error(shown.where() + ": a console block begins with a command: \"$ ...\"");
        } else if (line.starts_with("> ") && steps.back().shown.empty()) {
            steps.back().command += "\n" + line.substr(2);
        } else {
            steps.back().shown += line + "\n";
        }
    }
    return steps;
}

bool fits(std::string_view shown, std::string_view said) {
    const std::string pattern = without_blanks_at_line_ends(shown);
    const std::string text = without_blanks_at_line_ends(said);
    std::size_t from = 0;
    for (std::size_t begin = 0;;) {
        const auto gap = pattern.find(anything, begin);
        const std::string part = pattern.substr(begin, gap == std::string::npos ? gap : gap - begin);
        const bool last = gap == std::string::npos;
        if (begin == 0) {
            if (!text.starts_with(part) || (last && text != part)) return false;
            from = part.size();
        } else if (last) {
            return text.size() >= from + part.size() && text.ends_with(part);
        } else {
            const auto found = text.find(part, from);
            if (found == std::string::npos) return false;
            from = found + part.size();
        }
        if (last) return true;
        begin = gap + anything.size();
    }
}

console::console() {
    std::string name = (fs::temp_directory_path() / "perdure-docs-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
    folder_ = name;
    const char* path = std::getenv("PATH");
    environment_["PATH"] = std::string(PERDURE_BINARY_DIR) + "/bin:" + (path != nullptr ? path : "");
    environment_["PERDURE_ADDRESS"] = "http://127.0.0.1:1";
    fs::create_directory(folder_ / "home");
}

console::~console() {
    for (auto id = background_.rbegin(); id != background_.rend(); ++id) {
        ::kill(*id, SIGTERM);
        for (int waited = 0; ::waitpid(*id, nullptr, WNOHANG) == 0; ++waited) {
            if (waited == 500) ::kill(*id, SIGKILL);
            std::this_thread::sleep_for(10ms);
        }
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

pid_t console::spawn(const std::string& command, const fs::path& output) const {
    const std::string script = programs_that_serve + command;
    const fs::path home = folder_ / "home";
    const int out = ::open(output.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) throw std::runtime_error("cannot write " + output.string());
    const pid_t parent = ::getpid();
    const pid_t id = ::fork();
    if (id == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent || ::chdir(home.c_str()) != 0) ::_exit(127);
        for (const auto& [name, value] : environment_) ::setenv(name.c_str(), value.c_str(), 1);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::execl("/bin/bash", "bash", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(out);
    if (id < 0) throw std::runtime_error("cannot start a shell");
    return id;
}

std::string console::run(const std::string& command) {
    const fs::path output = folder_ / std::to_string(++outputs_);
    const pid_t id = spawn(command, output);
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    std::string said = with_usual_ports(read(output));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        said += "(exit code " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + ")\n";
    return said;
}

std::string console::start(const step& what) {
    const fs::path output = folder_ / std::to_string(++outputs_);
    // The shell must become the program, so that a signal reaches it; the functions above see to it themselves.
    const bool has_function = what.command.starts_with("perdure ") || what.command.starts_with("order_gateway");
    background_.push_back(spawn((has_function ? "" : "exec env ") + what.command, output));
    std::string said;
    for (int waited = 0; waited < 2000; ++waited) {
        learn_port(what.command, read(output));
        said = with_usual_ports(read(output));
        if (fits(what.shown, said)) break;
        std::this_thread::sleep_for(10ms);
    }
    return said;
}

void console::learn_port(const std::string& command, const std::string& said) {
    const bool gateway = command.starts_with("order_gateway");
    constexpr std::string_view before = "http://127.0.0.1:";
    const auto at = said.find(before);
    if ((!gateway && !command.starts_with("perdure server")) || at == std::string::npos) return;
    const auto begin = at + before.size();
    const std::string port = said.substr(begin, said.find_first_not_of("0123456789", begin) - begin);
    usual_port_[port] = gateway ? "7300" : "7243";
    environment_[gateway ? "SHOP_GATEWAY_PORT" : "PERDURE_ADDRESS"] = gateway ? port : std::string(before) + port;
}

std::string console::with_usual_ports(std::string said) const {
    for (const auto& [port, usual] : usual_port_) {
        for (const char before : {':', '='}) {
            const std::string used = before + port;
            for (auto at = said.find(used); at != std::string::npos; at = said.find(used, at + 1))
                said.replace(at + 1, port.size(), usual);
        }
    }
    return said;
}

}  // namespace perdure::docs
