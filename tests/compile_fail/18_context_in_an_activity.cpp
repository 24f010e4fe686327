// expect: perdure:
#include "tests/compile_fail/flows.hpp"

#include <perdure/activity.hpp>

auto made() {
    return perdure::detail::make_activity<std::remove_const_t<decltype(charge)>>(
        "payment.charge", [](perdure::context&, const order&) -> receipt { return {}; });
}
