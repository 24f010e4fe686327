#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/result.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// CRC-32C of the bytes.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

/// The records that one batch appends to one run, as one blob: a version, a checksum of all that follows, and then each
/// record with its length. `records` is not empty and has no gap in its sequences.
[[nodiscard]] std::string encode_records(std::span<const journal_record> records);

/// Error: data_loss when the blob was torn, altered, or written by a newer format.
[[nodiscard]] result<std::vector<journal_record>> decode_records(std::string_view blob);

/// A blob of anything else, with version and checksum.
[[nodiscard]] std::string seal(std::string_view bytes);
[[nodiscard]] result<std::string> unseal(std::string_view blob);

}  // namespace perdure::history
