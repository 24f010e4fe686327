#include "sdk/vocabulary/hidden_site.hpp"

#include <utility>

#include "api/ids.hpp"
#include "api/payload.hpp"

namespace perdure::detail {
namespace {

constexpr const char* site_encoding = "text/perdure-call-site";

}  // namespace

void hide_site(pb::sdk::UserMetadata& metadata) {
    if (metadata.perdure_call_site().empty()) return;
    if (!metadata.has_details()) {
        raw_payload hidden{site_encoding, std::move(*metadata.mutable_perdure_call_site()), {}};
        *metadata.mutable_details() = to_proto(std::move(hidden));
    }
    metadata.clear_perdure_call_site();
}

void restore_site(pb::sdk::UserMetadata& metadata) {
    if (!metadata.has_details() || encoding_of(metadata.details()) != site_encoding) return;
    // The field is text, and these bytes may have been anybody's.
    if (!is_valid_utf8(metadata.details().data())) return;
    metadata.set_perdure_call_site(std::move(*metadata.mutable_details()->mutable_data()));
    metadata.clear_details();
}

}  // namespace perdure::detail
