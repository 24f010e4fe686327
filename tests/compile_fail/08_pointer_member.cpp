// expect: a payload cannot hold a pointer
#include "tests/compile_fail/payloads.hpp"

struct parcel {
    order* content = nullptr;
};
BOOST_DESCRIBE_STRUCT(parcel, (), (content))
constexpr perdure::activity<"ship", void(parcel)> ship{};
