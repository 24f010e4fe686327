#include "sdk/guards/names.hpp"

#include <cxxabi.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace perdure::guards {
namespace {

constexpr std::string_view unnamed = "(anonymous namespace)";

void erase_all(std::string& text, std::string_view part) {
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) text.erase(at, part.size());
}

// Words before the name: what a template function returns, and what a symbol stands for.
bool ends_prefix(std::string_view text, std::size_t space) { return !text.substr(0, space).ends_with("operator"); }

}  // namespace

std::string demangle(const std::string& symbol) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
    return status == 0 ? std::string(name.get()) : symbol;
}

std::string readable_name(std::string_view demangled) {
    std::string name;
    int depth = 0;
    for (std::size_t at = 0; at < demangled.size(); ++at) {
        const char c = demangled[at];
        const std::string_view rest = demangled.substr(at);
        if (depth == 0 && rest.starts_with(unnamed)) {
            name += unnamed;
            at += unnamed.size() - 1;
        } else if (name.ends_with("operator") && rest.starts_with("()")) {
            name += "()";
            ++at;
        } else if (name.ends_with("operator") && (c == '<' || c == '>' || c == '-')) {
            name += c;
        } else if (c == '<') {
            ++depth;
        } else if (c == '>') {
            --depth;
        } else if (depth > 0) {
            continue;
        } else if (c == '(') {
            break;
        } else if (c == ' ' && ends_prefix(demangled, at)) {
            name.clear();
        } else {
            name += c;
        }
    }
    for (const std::string_view version : std::array<std::string_view, 4>{"_V2::", "__cxx11::", "[abi:cxx11]", "__1::"})
        erase_all(name, version);
    return name;
}

}  // namespace perdure::guards
