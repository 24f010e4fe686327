#pragma once

#include "api/proto.hpp"

namespace perdure::history {

/// Adds and replaces fields; a field whose payload is null or empty is removed.
void merge(pb::common::Memo& memo, const pb::common::Memo& upserted);
void merge(pb::common::SearchAttributes& attributes, const pb::common::SearchAttributes& upserted);

/// Names the type of each value in its metadata, as list queries and clients expect ("Keyword", "Int", ...).
void name_types(pb::common::SearchAttributes& attributes);

/// What the first completed workflow task adds, for readers that know it from Temporal.
[[nodiscard]] pb::common::Payload unversioned_build_ids();

}  // namespace perdure::history
