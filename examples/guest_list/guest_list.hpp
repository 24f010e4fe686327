#pragma once

// A workflow that waits for people: guests arrive as signals, a query tells who is there, and the list closes when it is full
// or nobody came for a day.

#include <boost/describe.hpp>
#include <cstdint>
#include <perdure/contract.hpp>
#include <perdure/workflow.hpp>
#include <string>
#include <vector>

namespace party {

// [contract]
struct Plan {
    std::int64_t seats = 0;
};
BOOST_DESCRIBE_STRUCT(Plan, (), (seats))

struct Guest {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Guest, (), (name))

struct GuestList {
    std::vector<std::string> names;
    bool full = false;
};
BOOST_DESCRIBE_STRUCT(GuestList, (), (names, full))

struct GuestListFlow : perdure::contract<GuestListFlow, "guest_list", GuestList(Plan)> {
    static constexpr signal<"arrival", Guest> arrival{};
    static constexpr query<"guests", GuestList()> guests{};
    static constexpr auto messages() { return perdure::list(arrival, guests); }
};
// [contract]

// [workflow]
class GuestListWorkflow final : public perdure::implements<GuestListFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<GuestListWorkflow>(&GuestListWorkflow::run)
            .on(GuestListFlow::arrival, &GuestListWorkflow::arrivals_)
            .on(GuestListFlow::guests, &GuestListWorkflow::guests);
    }

  private:
    perdure::task<GuestList> run(perdure::context ctx, Plan plan);
    GuestList guests() const { return list_; }

    perdure::mailbox<Guest> arrivals_;
    GuestList list_;
};
// [workflow]

}  // namespace party
