#include "guest_list.hpp"

using namespace std::chrono_literals;

namespace party {

perdure::task<GuestList> GuestListWorkflow::run(perdure::context ctx, Plan plan) {
    while (std::ssize(list_.names) < plan.seats) {
        const std::optional<Guest> guest = co_await ctx.timeout(24h, ctx.receive(arrivals_));
        if (!guest) co_return list_;
        list_.names.push_back(guest->name);
    }
    list_.full = true;
    co_return list_;
}

}  // namespace party
