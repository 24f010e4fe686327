#include "api/codec.hpp"

namespace perdure {
namespace detail {

void expect_json(const raw_payload& stored, std::string_view type) {
    if (stored.encoding == encoding::json || stored.encoding == encoding::json_protobuf) return;
    const std::string found = stored.encoding.empty() ? "no encoding" : "the encoding " + stored.encoding;
    throw payload_error(std::string(type) + " is stored as json/plain, but the payload has " + found);
}

std::vector<std::byte> decode_bytes(const raw_payload& stored) {
    if (stored.encoding != encoding::binary) {
        throw payload_error("bytes are stored as binary/plain, but the payload has the encoding \"" + stored.encoding + '"');
    }
    const auto* first = reinterpret_cast<const std::byte*>(stored.data.data());
    return {first, first + stored.data.size()};
}

void fail_argument_count(std::string_view type, std::size_t count) {
    throw payload_error("one payload is needed for " + std::string(type) + ", but " + std::to_string(count) +
                        " were sent; the caller's contract differs");
}

}  // namespace detail

raw_payload codec<arguments>::encode(const arguments& value) {
    if (value.values.size() != 1) throw payload_error("perdure::arguments can only be the whole input or result of a contract");
    return value.values.front();
}

}  // namespace perdure
