#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "demo/audit.hpp"
#include "demo/customers.hpp"

namespace shop::demo {

/// One line that grows: "[#####.....] 31/65  the server was killed". Rewrites itself on a terminal.
void draw_progress(std::size_t finished, std::size_t total, const std::string& news, bool terminal);

/// A row an order: id, story, outcome, time, what was tried again, what was undone.
std::string table(const std::vector<Outcome>& outcomes, const std::map<std::string, Books>& books);

}  // namespace shop::demo
