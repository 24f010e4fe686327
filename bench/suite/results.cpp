#include "bench/suite/results.hpp"

#include <algorithm>
#include <stdexcept>

namespace perdure::bench {
namespace {

constexpr int format_version = 1;

series series_from(const nlohmann::ordered_json& json) {
    series made{
        .workload = json.at("workload"), .store = json.value("store", std::string()), .parameters = json.at("parameters")};
    for (const auto& [name, figure] : json.at("figures").items())
        made.figures.emplace_back(name, figure.at("runs").get<std::vector<double>>());
    return made;
}

}  // namespace

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string series::title() const { return title_of({.workload = workload, .store = store, .parameters = parameters}); }

const std::vector<double>* series::find(std::string_view figure) const {
    for (const auto& [name, values] : figures)
        if (name == figure) return &values;
    return nullptr;
}

double series::median_of(std::string_view figure) const {
    const auto* values = find(figure);
    return values == nullptr ? 0 : median(*values);
}

void results::add(const report& one) {
    const std::string title = title_of(one);
    auto into =
        std::ranges::find_if(all, [&](const series& known) { return known.store == one.store && known.title() == title; });
    if (into == all.end()) {
        all.push_back({.workload = one.workload, .store = one.store, .parameters = one.parameters});
        into = std::prev(all.end());
    }
    for (const figure& found : one.figures) {
        auto values = std::ranges::find(into->figures, found.name, [](const auto& pair) { return pair.first; });
        if (values == into->figures.end())
            into->figures.emplace_back(found.name, std::vector<double>{found.value});
        else
            values->second.push_back(found.value);
    }
}

const series* results::find(std::string_view title, std::string_view store) const {
    for (const series& one : all)
        if (one.store == store && one.title() == title) return &one;
    return nullptr;
}

nlohmann::ordered_json to_json(const results& from) {
    nlohmann::ordered_json json{{"format", format_version}, {"date", from.date},
                                {"runs", from.runs},        {"quick", from.quick},
                                {"machine", from.machine},  {"results", nlohmann::ordered_json::array()}};
    for (const series& one : from.all) {
        nlohmann::ordered_json figures = nlohmann::ordered_json::object();
        for (const auto& [name, values] : one.figures) figures[name] = {{"median", median(values)}, {"runs", values}};
        json["results"].push_back(
            {{"workload", one.workload}, {"store", one.store}, {"parameters", one.parameters}, {"figures", figures}});
    }
    json["failures"] = from.failures;
    return json;
}

results results_from(const nlohmann::ordered_json& json) {
    try {
        if (json.at("format") != format_version)
            throw std::runtime_error("it has format " + json.at("format").dump() + ", and this program reads " +
                                     std::to_string(format_version));
        results made{.date = json.at("date"), .runs = json.at("runs"), .quick = json.at("quick"), .machine = json.at("machine")};
        for (const auto& one : json.at("results")) made.all.push_back(series_from(one));
        made.failures = json.at("failures").get<std::vector<std::string>>();
        return made;
    } catch (const nlohmann::json::exception& e) {
        throw std::runtime_error(std::string("this is no result of perdure-bench all: ") + e.what());
    }
}

}  // namespace perdure::bench
