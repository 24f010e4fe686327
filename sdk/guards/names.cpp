#include "sdk/guards/names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace perdure::guards {
namespace {

constexpr std::string_view unnamed = "(anonymous namespace)";

void erase_all(std::string& text, std::string_view part) {
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) text.erase(at, part.size());
}

// Words before the name: what a template function returns, and what a symbol stands for.
bool ends_prefix(std::string_view text, std::size_t space) { return !text.substr(0, space).ends_with("operator"); }

// The identifiers at the beginning of a mangled name. For names that the C++ library does not know how to read, because the
// compiler is newer than it.
std::string rough_name(std::string_view symbol) {
    symbol.remove_prefix(2);
    for (const std::string_view special : {"TV", "TI", "TS", "TT"})
        if (symbol.starts_with(special)) symbol.remove_prefix(special.size());
    symbol.remove_prefix(std::min(symbol.find_first_not_of("ZNKVrRO"), symbol.size()));
    std::string name = symbol.starts_with("St") ? "std" : "";
    if (!name.empty()) symbol.remove_prefix(2);
    for (;;) {
        std::size_t length = 0;
        const auto read = std::from_chars(symbol.data(), symbol.data() + symbol.size(), length);
        if (read.ec != std::errc()) return name;
        symbol.remove_prefix(static_cast<std::size_t>(read.ptr - symbol.data()));
        const std::string_view identifier = symbol.substr(0, length);
        name += name.empty() ? "" : "::";
        name += identifier == "_GLOBAL__N_1" ? unnamed : identifier;
        symbol.remove_prefix(identifier.size());
    }
}

}  // namespace

std::string demangle(const std::string& symbol) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
    if (status == 0) return name.get();
    const std::string rough = symbol.starts_with("_Z") ? rough_name(symbol) : std::string();
    return rough.empty() ? symbol : rough;
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
