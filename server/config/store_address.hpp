#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/result.hpp"

namespace perdure::server {

/// Where a server keeps everything, as a person writes it.
struct store_address {
    enum class kind : std::uint8_t { memory, sqlite, postgres };

    kind of = kind::memory;
    /// The SQLite file, or PostgreSQL's connection string.
    std::string location{};

    /// Reads "memory", "sqlite:FILE" or "postgres://...". Error: invalid_argument, with what to write.
    [[nodiscard]] static result<store_address> parse(std::string_view text);

    /// "memory", "sqlite" or "postgres".
    [[nodiscard]] std::string_view name() const noexcept;
    /// As it was written, for logs and messages: a password in it is hidden.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const store_address&, const store_address&) = default;
};

}  // namespace perdure::server
