#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstdint>

#include "sdk/guards/sanitized.hpp"
#include "sdk/guards/stand_in.hpp"

// Random numbers: of the kernel, of the C library, and of std::random_device, which may ask the processor.

namespace perdure::guards {
void link_entropy() noexcept;
void link_entropy() noexcept {}
}  // namespace perdure::guards

#if !PERDURE_SANITIZED

PERDURE_STAND_IN(entropy, ssize_t, getrandom, (void* into, size_t bytes, unsigned flags), (into, bytes, flags))
PERDURE_STAND_IN(entropy, int, getentropy, (void* into, size_t bytes), (into, bytes))
PERDURE_STAND_IN(entropy, std::uint32_t, arc4random, (), (), noexcept)
PERDURE_STAND_IN(entropy, void, arc4random_buf, (void* into, size_t bytes), (into, bytes), noexcept)
PERDURE_STAND_IN(entropy, std::uint32_t, arc4random_uniform, (std::uint32_t below), (below), noexcept)
PERDURE_STAND_IN(entropy, int, rand, (), (), noexcept)
PERDURE_STAND_IN(entropy, long, random, (), (), noexcept)
PERDURE_STAND_IN(entropy, double, drand48, (), (), noexcept)
PERDURE_STAND_IN(entropy, long, lrand48, (), (), noexcept)
PERDURE_STAND_IN(entropy, long, mrand48, (), (), noexcept)

// std::random_device::_M_getval() of libstdc++; its other functions only prepare.
PERDURE_STAND_IN(entropy, unsigned, _ZNSt13random_device9_M_getvalEv, (void* self), (self))

#endif
