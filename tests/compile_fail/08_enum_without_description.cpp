// expect: BOOST_DESCRIBE_ENUM for an enum
#include "tests/compile_fail/payloads.hpp"

enum class colour { red, green };
struct paint : perdure::contract<paint, "paint", void(colour)> {};
paint instance;
