#pragma once

#include <memory>

#include <perdure/payload_codec.hpp>

#include "sdk/client/connection.hpp"

namespace perdure::detail {

/// The same connection, with payloads converted on the way out and on the way in: those of the operations here, those of
/// workers' streams by the worker itself. The connection as it is when there is nothing to convert. Throws
/// std::invalid_argument for a codec that is null.
[[nodiscard]] std::shared_ptr<connection> with_conversion(std::shared_ptr<connection> via, data_conversion how);

}  // namespace perdure::detail
