#pragma once

#include <string>
#include <string_view>

#include "api/result.hpp"
#include "history_service/pages.pb.h"

namespace perdure::history {

namespace pages = perdure::history::v1;

[[nodiscard]] std::string encode_page(pages::HistoryPage page);
[[nodiscard]] std::string encode_page(pages::ListPage page);

/// Error: invalid_argument for bytes that are no token of this service.
[[nodiscard]] result<pages::HistoryPage> decode_history_page(std::string_view bytes);
[[nodiscard]] result<pages::ListPage> decode_list_page(std::string_view bytes);

}  // namespace perdure::history
