#include "tools/workflow_check/elf_object.hpp"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace perdure::workflow_check {
namespace {

class reader {
  public:
    explicit reader(std::string path) : path_(std::move(path)) {
        std::ifstream in(path_, std::ios::binary);
        if (!in) refuse("it cannot be read");
        bytes_.assign(std::istreambuf_iterator<char>(in), {});
    }

    object read() {
        const auto header = at<Elf64_Ehdr>(0);
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) refuse("it is no ELF file; was it compiled with -flto?");
        if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_REL)
            refuse("only relocatable objects for little-endian 64-bit machines are understood");
        machine_ = header.e_machine;
        std::uint64_t count = header.e_shnum;
        // So many sections that their number is elsewhere: each function of a large file has its own.
        if (count == 0) count = at<Elf64_Shdr>(header.e_shoff).sh_size;
        for (std::uint64_t index = 0; index < count; ++index)
            sections_.push_back(at<Elf64_Shdr>(header.e_shoff + index * sizeof(Elf64_Shdr)));
        for (const Elf64_Shdr& section : sections_)
            if (section.sh_type == SHT_SYMTAB) read_symbols(section);
        for (const Elf64_Shdr& section : sections_)
            if (section.sh_type == SHT_RELA) read_references(section);
        made_.path = path_;
        return std::move(made_);
    }

  private:
    [[noreturn]] void refuse(const std::string& why) const { throw std::runtime_error(path_ + ": " + why); }

    template <class T>
    T at(std::uint64_t offset) const {
        if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) refuse("the file is cut off");
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof(T));
        return value;
    }

    const Elf64_Shdr& section(std::uint64_t index) const {
        if (index >= sections_.size()) refuse("it names a section that it does not have");
        return sections_[index];
    }

    std::string text(const Elf64_Shdr& strings, std::uint64_t offset) const {
        const std::uint64_t begin = strings.sh_offset + offset;
        if (offset >= strings.sh_size || begin >= bytes_.size()) refuse("a name lies outside of its table");
        return {bytes_.data() + begin, ::strnlen(bytes_.data() + begin, bytes_.size() - begin)};
    }

    // The numbers of sections beyond 65279 have a table of their own.
    std::uint32_t section_of(const Elf64_Sym& entry, std::uint64_t index) const {
        if (entry.st_shndx != SHN_XINDEX) return entry.st_shndx < SHN_LORESERVE ? entry.st_shndx : 0U;
        for (const Elf64_Shdr& table : sections_)
            if (table.sh_type == SHT_SYMTAB_SHNDX) return at<std::uint32_t>(table.sh_offset + index * sizeof(std::uint32_t));
        return 0;
    }

    void read_symbols(const Elf64_Shdr& table) {
        const Elf64_Shdr& strings = section(table.sh_link);
        for (std::uint64_t index = 0; index < table.sh_size / sizeof(Elf64_Sym); ++index) {
            const auto entry = at<Elf64_Sym>(table.sh_offset + index * sizeof(Elf64_Sym));
            const auto type = ELF64_ST_TYPE(entry.st_info);
            made_.symbols.push_back({.name = type == STT_SECTION ? std::string() : text(strings, entry.st_name),
                                     .section = section_of(entry, index),
                                     .offset = entry.st_value,
                                     .size = entry.st_size,
                                     .function = type == STT_FUNC,
                                     .local = ELF64_ST_BIND(entry.st_info) == STB_LOCAL});
        }
    }

    void read_references(const Elf64_Shdr& table) {
        // Debug information and unwind tables name functions, but do not call them.
        if ((section(table.sh_info).sh_flags & SHF_ALLOC) == 0) return;
        for (std::uint64_t index = 0; index < table.sh_size / sizeof(Elf64_Rela); ++index) {
            const auto entry = at<Elf64_Rela>(table.sh_offset + index * sizeof(Elf64_Rela));
            const auto named = static_cast<std::uint32_t>(ELF64_R_SYM(entry.r_info));
            if (named >= made_.symbols.size()) refuse("a relocation names a symbol that is not there");
            reference found{.from_section = table.sh_info, .from_offset = entry.r_offset, .symbol = named};
            if (made_.symbols[named].name.empty()) {
                found.target_section = made_.symbols[named].section;
                found.target_offset = made_.symbols[named].offset + static_cast<std::uint64_t>(entry.r_addend);
                // Such an addend counts from the end of the instruction.
                if (machine_ == EM_X86_64 && is_relative(ELF64_R_TYPE(entry.r_info))) found.target_offset += 4;
            }
            made_.references.push_back(found);
        }
    }

    static bool is_relative(std::uint64_t type) { return type == R_X86_64_PC32 || type == R_X86_64_PLT32; }

    std::string path_;
    std::string bytes_;
    std::uint16_t machine_ = 0;
    std::vector<Elf64_Shdr> sections_;
    object made_;
};

}  // namespace

object read_object(const std::string& path) { return reader(path).read(); }

}  // namespace perdure::workflow_check
