#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perdure::cli {

enum class history_format : std::uint8_t { json, binary };

/// `<workflow id>--<run id>.json` or `.pb`. Bytes that a file system or a shell may take amiss stand as %2F and the like, and an
/// id that is too long for a name is cut: the run id tells the files apart.
[[nodiscard]] std::string history_file_name(std::string_view workflow_id, std::string_view run_id, history_format format);

}  // namespace perdure::cli
