// expect: a member of this struct has no JSON form
// expect: check_payload<parcel>
#include "tests/compile_fail/payloads.hpp"

struct size {
    int width = 0;
};
struct parcel {
    size outer;
};
BOOST_DESCRIBE_STRUCT(parcel, (), (outer))
constexpr perdure::activity<"ship", void(parcel)> ship{};
