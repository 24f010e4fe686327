#pragma once

#include <perdure/workflow.hpp>
#include <string>

/// A workflow that waits in every way that a stack can show: a branch, a handler, operands, a scope that was cancelled.
namespace yard {

struct YardFlow : perdure::contract<YardFlow, "yard.keep", void(std::string)> {
    static constexpr signal<"tree", std::string> tree{};
    static constexpr signal<"water", int> water{};
    static constexpr query<"waiting", int()> waiting{};
    static constexpr auto messages() { return perdure::list(tree, water, waiting); }
};

class Yard final : public perdure::implements<YardFlow> {
  public:
    static constexpr auto definition() {
        return perdure::define<Yard>(&Yard::run)
            .on(YardFlow::tree, &Yard::trees_)
            .on(YardFlow::water, &Yard::water)
            .on(YardFlow::waiting, &Yard::waiting);
    }

  private:
    perdure::task<void> run(perdure::context ctx, std::string owner);
    perdure::task<void> grow(perdure::context ctx, int height);
    perdure::task<void> water(perdure::context ctx, int litres);
    int waiting() const { return waiting_; }

    int waiting_ = 0;
    perdure::mailbox<std::string> trees_;
};

}  // namespace yard
