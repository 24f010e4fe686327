#pragma once

/// @file
/// How values travel: the concept `perdure::payload<T>`, the customisation point `perdure::codec<T>`, and
/// `perdure::encode` and `perdure::decode`. Structs need one line, BOOST_DESCRIBE_STRUCT.

#include "api/codec.hpp"
#include "api/payload_error.hpp"
#include "api/raw_payload.hpp"
