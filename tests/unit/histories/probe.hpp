#pragma once

#include <perdure/replayer.hpp>
#include <perdure/workflow.hpp>

namespace perdure {

/// Waits for a signal that no history of these tests has.
struct Probe : contract<Probe, "probe", void()> {
    static constexpr signal<"go"> go{};
};

class ProbeWorkflow : public implements<Probe> {
  public:
    task<void> run(context ctx) { co_await ctx.receive(go_); }
    static constexpr auto definition() { return define<ProbeWorkflow>(&ProbeWorkflow::run).on(Probe::go, &ProbeWorkflow::go_); }

  private:
    mailbox<void> go_;
};

inline replay_report replay_probe(const pb::history::History& events) {
    replayer replaying;
    replaying.add_workflow<ProbeWorkflow>();
    return replaying.replay(history::from_binary(events.SerializeAsString(), "probe.pb"));
}

}  // namespace perdure
