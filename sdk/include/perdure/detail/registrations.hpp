#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <perdure/contract.hpp>
#include <perdure/detail/activity_function.hpp>

namespace perdure::detail {

struct workflow_type;
class workflow_registry;
class activity_registry;

/// Made by <perdure/workflow.hpp> for each workflow that is registered.
template <class Workflow>
workflow_type make_workflow_type();

/// The workflow types and activities of a worker or of a test environment.
class registrations {
  public:
    registrations();
    ~registrations();
    registrations(const registrations&) = delete;
    registrations& operator=(const registrations&) = delete;

    template <class Workflow>
    void add_workflow();
    template <class Definition>
    void add_workflow(const Definition& definition);

    template <any_activity A, class F>
    void add_activity(const A& activity, F function) {
        add(described(activity, make_activity<A>(std::string(activity.name), std::move(function))));
    }
    template <any_activity A, class Member, class Object>
        requires std::is_member_function_pointer_v<Member>
    void add_activity(const A& activity, Member member, Object& object) {
        add(described(activity, make_activity<A>(std::string(activity.name), bound_member<Member, Object>{member, &object})));
    }

    /// Throw std::invalid_argument, naming the type and the remedy, when the name is registered already.
    void add(workflow_type type);
    void add(activity_function function);

    [[nodiscard]] std::shared_ptr<const workflow_registry> workflows() const noexcept { return workflows_; }
    [[nodiscard]] std::shared_ptr<const activity_registry> activities() const noexcept { return activities_; }

  private:
    template <class A>
    static activity_function described(const A& activity, activity_function function) {
        function.input = &payload_schema<typename A::input>;
        function.result = &payload_schema<typename A::result>;
        if constexpr (requires { activity.options; }) function.options = activity.options;
        return function;
    }

    // Shared with the threads that run the code: a thread that was given up may outlive its worker.
    std::shared_ptr<workflow_registry> workflows_;
    std::shared_ptr<activity_registry> activities_;
};

}  // namespace perdure::detail
