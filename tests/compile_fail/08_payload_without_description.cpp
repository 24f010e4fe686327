// expect: this type is no payload; add BOOST_DESCRIBE_STRUCT
// expect: check_payload<parcel>
#include "tests/compile_fail/payloads.hpp"

struct parcel {
    int weight = 0;
};
constexpr perdure::activity<"ship", void(parcel)> ship{};
