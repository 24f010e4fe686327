// expect: 'parcel' does not satisfy 'payload'
// expect: needs_boost_describe_or_json_functions_or_codec<parcel>
#include "tests/compile_fail/payloads.hpp"

struct parcel {
    int weight = 0;
};
static_assert(perdure::payload<parcel>);
