#pragma once

#include "api/proto.hpp"

namespace perdure::detail {

/// Moves the call site into the details, a payload, so that it goes through the codecs. Details that are there already stay, and
/// the site is dropped: what codecs keep from the server must not reach it.
void hide_site(pb::sdk::UserMetadata& metadata);

/// The reverse. Details that are no call site are left alone.
void restore_site(pb::sdk::UserMetadata& metadata);

}  // namespace perdure::detail
