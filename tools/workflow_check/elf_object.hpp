#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace perdure::workflow_check {

/// A function or a variable of an object file, or one that it wants from elsewhere.
struct symbol {
    std::string name;
    std::uint32_t section = 0;  ///< 0 if it is defined elsewhere
    std::uint64_t offset = 0;   ///< in the section
    std::uint64_t size = 0;
    bool function = false;
    bool local = false;  ///< another object may have another one of this name
};

/// Somewhere in a section a symbol is named: called, or its address taken.
struct reference {
    std::uint32_t from_section = 0;
    std::uint64_t from_offset = 0;
    std::uint32_t symbol = 0;          ///< index into object::symbols
    std::uint32_t target_section = 0;  ///< for a reference into a section without naming a symbol, otherwise 0
    std::uint64_t target_offset = 0;
};

struct object {
    std::string path;
    std::vector<symbol> symbols;
    std::vector<reference> references;
};

/// Reads a relocatable ELF object (64 bits, little endian). Throws std::runtime_error with the reason if it is something else.
[[nodiscard]] object read_object(const std::string& path);

}  // namespace perdure::workflow_check
