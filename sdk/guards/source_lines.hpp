#pragma once

#include <span>
#include <string>
#include <vector>

namespace perdure::guards {

/// A function on a stack. What is not known is empty or 0.
struct source_line {
    std::string function;  ///< as the debugger shows it, with its parameters
    std::string file;
    unsigned line = 0;
    std::string module{};     ///< the program or shared object, and where in it: `addr2line -e FILE OFFSET` gives the line
    bool in_library = false;  ///< in a shared object of the system: the C or C++ library, the allocator, ...
};

/// What the frames of a backtrace are called and where they are in the source, the same number as frames and more where
/// functions were inlined. Asks the program that PERDURE_SYMBOLIZER names, or llvm-symbolizer, or addr2line; without any of
/// them, and without debug information, files and lines are missing. Takes a while: for messages only.
[[nodiscard]] std::vector<source_line> source_lines(std::span<void* const> frames);

/// The path of the shared object or the program that an address is in; empty if it is in none.
[[nodiscard]] std::string module_of(const void* address);
/// Whether a module of this path belongs to the system.
[[nodiscard]] bool is_system_module(std::string_view path);

}  // namespace perdure::guards
