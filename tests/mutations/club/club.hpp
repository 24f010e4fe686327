#pragma once

// A club's subscription: what the example orders do not use, in one workflow that could be real. Months in a loop, a bill and
// magazines at the same time, a race between the month and a goodbye, a handler that waits, and a new run every three months.

#include <boost/describe.hpp>
#include <cstdint>
#include <perdure/contract.hpp>
#include <perdure/workflow.hpp>
#include <string>
#include <vector>

namespace club {

/// A member at the beginning of a run.
struct Member {
    std::string id, email, card;
    std::vector<std::string> magazines;
    std::int64_t fee_cents = 0;
    std::int64_t months_left = 0;
    std::int64_t paid_cents = 0;  ///< by earlier runs
};
BOOST_DESCRIBE_STRUCT(Member, (), (id, email, card, magazines, fee_cents, months_left, paid_cents))

struct Bill {
    std::string key, card;
    std::int64_t cents = 0;
};
struct Paid {
    std::int64_t cents = 0;
};
struct Copy {
    std::string member, magazine;
};
struct Note {
    std::string email, text;
};
struct Pause {
    std::int64_t days = 0;
};
struct Account {
    std::int64_t fee_cents = 0, paid_cents = 0, copies = 0;
    bool paused = false;
};
struct Farewell {
    std::int64_t paid_cents = 0;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(Bill, (), (key, card, cents))
BOOST_DESCRIBE_STRUCT(Paid, (), (cents))
BOOST_DESCRIBE_STRUCT(Copy, (), (member, magazine))
BOOST_DESCRIBE_STRUCT(Note, (), (email, text))
BOOST_DESCRIBE_STRUCT(Pause, (), (days))
BOOST_DESCRIBE_STRUCT(Account, (), (fee_cents, paid_cents, copies, paused))
BOOST_DESCRIBE_STRUCT(Farewell, (), (paid_cents, why))

namespace act {
inline constexpr perdure::activity<"club.bill", Paid(Bill)> bill{};
inline constexpr perdure::activity<"club.mail", void(Copy)> mail{};
inline constexpr perdure::activity<"club.note", void(Note)> note{};
inline constexpr perdure::activity<"club.survey", void(Note)> survey{};
}  // namespace act

struct Subscription : perdure::contract<Subscription, "club.subscription", Farewell(Member)> {
    static constexpr signal<"goodbye", std::string> goodbye{};
    static constexpr signal<"pause", Pause> pause{};
    static constexpr signal<"fee", std::int64_t> fee{};
    static constexpr query<"account", Account()> account{};
    static constexpr auto messages() { return perdure::list(goodbye, pause, fee, account); }
};

class SubscriptionWorkflow final : public perdure::implements<Subscription> {
  public:
    static constexpr auto definition() {
        return perdure::define<SubscriptionWorkflow>(&SubscriptionWorkflow::run)
            .on(Subscription::goodbye, &SubscriptionWorkflow::goodbyes_)
            .on(Subscription::pause, &SubscriptionWorkflow::pause)
            .on(Subscription::fee, &SubscriptionWorkflow::change_fee)
            .on(Subscription::account, &SubscriptionWorkflow::account)
            .state<&SubscriptionWorkflow::account_>();
    }

  private:
    perdure::task<Farewell> run(perdure::context ctx, Member member);
    perdure::task<bool> month(perdure::context ctx, Member member);
    perdure::task<void> deliver(perdure::context ctx, Member member);
    perdure::task<void> pause(perdure::context ctx, Pause wish);
    void change_fee(std::int64_t cents) { account_.fee_cents = cents; }
    Account account() const { return account_; }

    Account account_;
    perdure::mailbox<std::string> goodbyes_;
    std::string why_ = "the subscription is over";
};

}  // namespace club
