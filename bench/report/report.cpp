#include "bench/report/report.hpp"

#include <stdexcept>

#include "api/assert.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/format.hpp"

namespace perdure::bench {

void report::add(std::string_view name, double value) {
    PERDURE_ASSERT(find_figure(name) != nullptr, "a figure is in the catalogue");
    figures.push_back({std::string(name), value});
}

const double* report::find(std::string_view name) const {
    for (const figure& one : figures)
        if (one.name == name) return &one.value;
    return nullptr;
}

nlohmann::ordered_json to_json(const report& from) {
    nlohmann::ordered_json json{{"workload", from.workload}};
    if (!from.store.empty()) json["store"] = from.store;
    json.update(from.parameters);
    for (const figure& one : from.figures) json[one.name] = one.value;
    return json;
}

report report_from(const nlohmann::ordered_json& json) {
    if (!json.is_object() || !json.contains("workload") || !json["workload"].is_string())
        throw std::runtime_error("this is no report of a workload: " + json.dump().substr(0, 200));
    report made{.workload = json["workload"], .store = json.value("store", std::string())};
    for (const auto& [name, value] : json.items()) {
        if (name == "workload" || name == "store") continue;
        if (find_figure(name) == nullptr)
            made.parameters[name] = value;
        else if (value.is_number())
            made.add(name, value.get<double>());
        else
            throw std::runtime_error("the figure " + name + " of " + made.workload + " is no number");
    }
    return made;
}

std::string title_of(const report& from) {
    std::string title = from.workload;
    for (const auto& [name, value] : from.parameters.items())
        title += " " + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    return title;
}

std::string to_text(const report& from) {
    std::string text = title_of(from) + (from.store.empty() ? "" : " on " + from.store) + ":";
    const char* between = " ";
    for (const figure& one : from.figures) {
        text += between + one.name + " " + readable(one.value);
        between = ", ";
    }
    return text;
}

}  // namespace perdure::bench
