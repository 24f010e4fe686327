#include "sdk/workflow/random.hpp"

#include <array>
#include <bit>
#include <cstddef>

#include "api/ids.hpp"
#include "perdure/random.hpp"

namespace perdure {
namespace detail {
namespace {

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325U) noexcept {
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return hash;
}

// SplitMix64: spreads neighbouring seeds over the whole range.
std::uint64_t split_mix(std::uint64_t& state) noexcept {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

std::string uuid_of(std::uint64_t high, std::uint64_t low) {
    std::array<std::byte, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::byte>(high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<std::byte>(low >> (56 - 8 * i));
    }
    return make_uuid4(bytes);
}

}  // namespace

run_random_source::run_random_source(std::string_view seed) : seed_(fnv1a(seed)), state_(0), increment_(0) {
    std::uint64_t mixer = seed_;
    increment_ = split_mix(mixer) | 1U;
    state_ = split_mix(mixer);
    static_cast<void>(next32());
}

std::uint32_t run_random_source::next32() noexcept {
    const std::uint64_t old = state_;
    state_ = old * 6364136223846793005U + increment_;
    const auto shifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    return std::rotr(shifted, static_cast<int>(old >> 59U));
}

std::uint64_t run_random_source::next() noexcept {
    const std::uint64_t high = next32();
    return (high << 32U) | next32();
}

std::string run_random_source::uuid4() {
    const std::uint64_t high = next();
    return uuid_of(high, next());
}

std::string run_random_source::uuid4(std::string_view purpose) {
    const auto found = purposes_.find(purpose);
    const std::uint32_t ordinal = found == purposes_.end() ? (purposes_[std::string(purpose)] = 1) : ++found->second;
    std::uint64_t mixer = fnv1a(purpose, seed_ ^ 0x70757270u) + ordinal * 0x9e3779b97f4a7c15U;
    const std::uint64_t high = split_mix(mixer);
    return uuid_of(high, split_mix(mixer));
}

}  // namespace detail

std::int64_t random_source::uniform(std::int64_t low, std::int64_t high) const {
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    if (span == 0) return static_cast<std::int64_t>(next());
    // Draws beyond the last whole multiple of the span are thrown away, or small values would be likelier.
    const std::uint64_t excess = (~std::uint64_t{0} % span + 1) % span;
    std::uint64_t drawn = next();
    while (excess != 0 && drawn > ~std::uint64_t{0} - excess) drawn = next();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + drawn % span);
}

}  // namespace perdure
