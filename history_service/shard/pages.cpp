#include "history_service/shard/pages.hpp"

namespace perdure::history {
namespace {

constexpr std::uint32_t page_version = 1;

template <class Page>
std::string encode(Page& page) {
    page.set_version(page_version);
    return page.SerializeAsString();
}

template <class Page>
result<Page> decode(std::string_view bytes) {
    Page page;
    if (!page.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || page.version() != page_version)
        return service_failure{status_code::invalid_argument,
                               "Invalid NextPageToken: send back the bytes of the last page, unchanged, or none to start anew."};
    return page;
}

}  // namespace

std::string encode_page(pages::HistoryPage page) { return encode(page); }
std::string encode_page(pages::ListPage page) { return encode(page); }
result<pages::HistoryPage> decode_history_page(std::string_view bytes) { return decode<pages::HistoryPage>(bytes); }
result<pages::ListPage> decode_list_page(std::string_view bytes) { return decode<pages::ListPage>(bytes); }

}  // namespace perdure::history
