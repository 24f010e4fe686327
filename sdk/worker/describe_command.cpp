#include "sdk/worker/describe_command.hpp"

#include <string_view>
#include <utility>

#include "api/json_writer.hpp"
#include "api/payload_schema.hpp"
#include "perdure/detail/activity_function.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "sdk/activity/activity_registry.hpp"
#include "sdk/replay/call_site.hpp"
#include "sdk/replay/sdk_flags.hpp"
#include "sdk/replay/workflow_registry.hpp"
#include "sdk/worker/describe_options.hpp"

namespace perdure::detail {
namespace {

json_value schema(schema_function make, schema_set& set) { return make == nullptr ? json_value() : make(set).json(); }

json_value describe(const signal_binding& signal, schema_set& set) {
    json_value::object said{{"name", json_value(signal.name)},
                            {"input", schema(signal.input, set)},
                            {"receiver", json_value(std::string(signal.box ? "mailbox" : "handler"))}};
    if (signal.abandon_ok) said.push_back({"abandonOk", json_value(true)});
    return json_value(std::move(said));
}

json_value describe(const query_binding& query, schema_set& set) {
    return json_value(json_value::object{
        {"name", json_value(query.name)}, {"input", schema(query.input, set)}, {"result", schema(query.result, set)}});
}

json_value describe(const state_member& member, schema_set& set) {
    return json_value(json_value::object{{"name", json_value(std::string(member.name))}, {"schema", schema(member.schema, set)}});
}

template <class List>
json_value describe_each(const List& list, schema_set& set) {
    json_value::list said;
    for (const auto& one : list) said.push_back(describe(one, set));
    return json_value(std::move(said));
}

json_value describe(const workflow_type& type, schema_set& set) {
    return json_value(json_value::object{{"name", json_value(type.name)},
                                         {"source", json_value(site_text(type.defined_at))},
                                         {"input", schema(type.input_schema, set)},
                                         {"result", schema(type.result_schema, set)},
                                         {"signals", describe_each(type.signals, set)},
                                         {"queries", describe_each(type.queries, set)},
                                         {"state", describe_each(type.state, set)}});
}

json_value describe(const activity_function& activity, schema_set& set) {
    json_value::object said{
        {"name", json_value(activity.name)}, {"input", schema(activity.input, set)}, {"result", schema(activity.result, set)}};
    if (activity.options) said.push_back({"options", describe_options(*activity.options)});
    return json_value(std::move(said));
}

template <class Registry>
json_value describe_registered(const Registry& registry, schema_set& set) {
    json_value::list said;
    for (const std::string& name : registry.names()) said.push_back(describe(*registry.find(name), set));
    return json_value(std::move(said));
}

json_value describe(const worker& one, schema_set& set) {
    return json_value(json_value::object{{"taskQueue", json_value(one.options().task_queue)},
                                         {"options", describe_options(one.options())},
                                         {"workflows", describe_registered(*one.registered().workflows(), set)},
                                         {"activities", describe_registered(*one.registered().activities(), set)}});
}

}  // namespace

std::string describe_workers(const std::list<worker>& workers) {
    schema_set set;
    json_value::list described;
    for (const worker& one : workers) described.push_back(describe(one, set));
    json_value::object sdk{{"name", json_value(std::string(sdk_name))}, {"version", json_value(std::string(sdk_version))}};
    json_value::object document{{"sdk", json_value(std::move(sdk))},
                                {"schemas", json_value(std::string("https://json-schema.org/draft/2020-12/schema"))},
                                {"workers", json_value(std::move(described))},
                                {"$defs", set.definitions()}};
    return write_json(json_value(std::move(document)), json_style::pretty) + "\n";
}

}  // namespace perdure::detail
