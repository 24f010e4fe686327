#include "api/token.hpp"

#include "api/assert.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void token(std::string_view input) {
    const auto read = decode_token(input);
    if (!read) return;
    const auto again = decode_token(encode_token(*read));
    PERDURE_ASSERT(again.has_value() && *again == *read, "a token that was read is written and read back");
}

}  // namespace perdure::fuzz
