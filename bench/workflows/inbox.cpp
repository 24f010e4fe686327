#include "bench/workflows/inbox.hpp"

#include <perdure/workflow.hpp>

namespace perdure::bench {
namespace {

class inbox final : public implements<InboxFlow> {
  public:
    static constexpr auto definition() { return define<inbox>(&inbox::run).on(InboxFlow::letter, &inbox::letters_); }

  private:
    task<int> run(context ctx, int expected) {
        int read = 0;
        for (; read < expected; ++read) static_cast<void>(co_await ctx.receive(letters_));
        co_return read;
    }

    mailbox<std::string> letters_;
};

}  // namespace

void add_inbox(worker& to) { to.add_workflow<inbox>(); }

}  // namespace perdure::bench
