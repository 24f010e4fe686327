// The entry point of libFuzzer; PERDURE_FUZZ_TARGET names the function of targets.hpp.

#include <cstddef>
#include <cstdint>

#include "api/proto_log.hpp"
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = (perdure::silence_protobuf_log(), true);
    (void)quiet;
    perdure::fuzz::PERDURE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
