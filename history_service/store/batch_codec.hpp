#pragma once

#include <string>
#include <string_view>

#include "api/result.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// A whole batch as bytes, for a log that it is read back from after a crash. There is no checksum in it. Two equal batches
/// have equal bytes.
[[nodiscard]] std::string encode_batch(const commit_batch& batch);

/// Error: data_loss for bytes that `encode_batch` does not write.
[[nodiscard]] result<commit_batch> decode_batch(std::string_view bytes);

}  // namespace perdure::history
