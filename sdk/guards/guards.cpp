#include "sdk/guards/guards.hpp"

#include "sdk/guards/sanitized.hpp"

namespace perdure::guards {

// A linker takes a file out of an archive only if somebody asks for one of its names.
void link_clocks() noexcept;
void link_entropy() noexcept;
void link_files() noexcept;
void link_processes() noexcept;
void link_waits() noexcept;

#if PERDURE_SANITIZED
bool available() noexcept { return false; }
const char* why_unavailable() noexcept {
    return "this is a build with a sanitizer, which stands in for the same functions of the C library";
}
#else
bool available() noexcept {
    link_clocks();
    link_entropy();
    link_files();
    link_processes();
    link_waits();
    return true;
}
const char* why_unavailable() noexcept { return ""; }
#endif

}  // namespace perdure::guards
