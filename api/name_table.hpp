#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perdure::detail {

/// Looks at the length, both ends and the middle: the names of a contract differ there, and no more is loaded than needed.
[[nodiscard]] inline std::uint64_t hash_name(std::string_view name) noexcept {
    std::uint64_t first = 0;
    std::uint64_t middle = 0;
    std::uint64_t last = 0;
    if (name.size() >= 8) {
        std::memcpy(&first, name.data(), 8);
        std::memcpy(&middle, name.data() + name.size() / 2 - 4, 8);
        std::memcpy(&last, name.data() + name.size() - 8, 8);
    } else {
        for (const char c : name) first = (first << 8U) | static_cast<unsigned char>(c);
    }
    std::uint64_t mixed = (first + name.size()) * 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ std::rotl(middle, 23) ^ std::rotl(last, 41)) * 0xD6E8FEB86659FD93U;
    return mixed ^ (mixed >> 32U);
}

/// Names that are known in advance, to values. The first of two equal names stays.
template <class Value>
class name_table {
  public:
    name_table() : slots_(1) {}

    explicit name_table(std::vector<std::pair<std::string, Value>> entries) : slots_(std::bit_ceil(entries.size() * 2 + 1)) {
        for (auto& [name, value] : entries) {
            if (find(name) != nullptr) continue;
            std::size_t at = hash_name(name) & (slots_.size() - 1);
            while (slots_[at].used) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = {hash_name(name), std::move(name), std::move(value), true};
        }
    }

    [[nodiscard]] const Value* find(std::string_view name) const noexcept {
        const std::uint64_t hash = hash_name(name);
        for (std::size_t at = hash & (slots_.size() - 1); slots_[at].used; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].hash == hash && slots_[at].name == name) return &slots_[at].value;
        }
        return nullptr;
    }

  private:
    struct slot {
        std::uint64_t hash = 0;
        std::string name;
        Value value{};
        bool used = false;
    };
    std::vector<slot> slots_;  // a power of two, and never full
};

}  // namespace perdure::detail
