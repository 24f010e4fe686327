#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/result.hpp"
#include "server/config/options.hpp"

namespace perdure::server {

/// Reads TOML over `into`. A key that does not exist is refused with the nearest one that does, a wrong type with the key, the
/// line and what it should be; nothing is changed then. `name` is the file's, for messages.
[[nodiscard]] result<options> parse_config(std::string_view toml, const std::string& name, options into = {});

/// As `parse_config`, from a file.
[[nodiscard]] result<options> load_config(const std::string& path, options into = {});

/// One setting as a person reads it in --help and the docs.
struct config_key {
    std::string_view section;
    std::string_view key;
    std::string_view type;
    std::string_view help;
};
[[nodiscard]] std::vector<config_key> config_keys();

/// The candidate with the fewest edits to `word`, or nothing when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& candidates);

/// "500ms", "30s", "5m", "2h"; a bare number is refused because its unit is anybody's guess.
[[nodiscard]] result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "4096", "16KiB", "4MiB", "1GiB".
[[nodiscard]] result<std::size_t> parse_size(std::string_view text);

}  // namespace perdure::server
