#pragma once

#include <string>

#include "cli/session.hpp"
#include "server/config/store_address.hpp"

namespace perdure::cli {

/// The store that --store names. A text that names none is a mistake of usage.
inline server::store_address read_store(const std::string& text) {
    auto store = server::store_address::parse(text);
    if (!store) throw command_error(exit_code::usage, "--store: " + store.error().message);
    return *std::move(store);
}

}  // namespace perdure::cli
