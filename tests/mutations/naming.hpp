#pragma once

#include <string>

#include <perdure/replayer.hpp>

#include "edit.hpp"

namespace perdure::mutations {

/// By which part of the report a reader gets to the edited line, give or take one; the first of the parts in the order in which
/// a person reads them. Empty when none names it.
std::string named_by(const replay_report& report, const touched& lines);

}  // namespace perdure::mutations
