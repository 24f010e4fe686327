#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bench/report/report.hpp"

namespace perdure::bench {

/// What several runs of one measurement gave.
struct series {
    std::string workload;
    std::string store;
    nlohmann::ordered_json parameters = nlohmann::ordered_json::object();
    /// By figure, a value for each run, in the order of the runs.
    std::vector<std::pair<std::string, std::vector<double>>> figures;

    [[nodiscard]] std::string title() const;
    /// The values of a figure; nullptr when it was not measured.
    [[nodiscard]] const std::vector<double>* find(std::string_view figure) const;
    /// Their median; 0 when it was not measured.
    [[nodiscard]] double median_of(std::string_view figure) const;
};

/// All that a run of the suite found out.
struct results {
    std::string date;
    std::size_t runs = 0;
    bool quick = false;
    /// Of the machine, as people name them: {"processor", "..."}.
    nlohmann::ordered_json machine = nlohmann::ordered_json::object();
    std::vector<series> all;
    /// Sentences on what could not be measured.
    std::vector<std::string> failures;

    void add(const report& one);
    /// nullptr when nothing of the kind was measured.
    [[nodiscard]] const series* find(std::string_view title, std::string_view store) const;
    [[nodiscard]] const series* limits() const { return find("limits", ""); }
};

/// The median of some values, 0 of none.
[[nodiscard]] double median(std::vector<double> values);

[[nodiscard]] nlohmann::ordered_json to_json(const results& from);

/// Reads what `to_json` made. Throws std::runtime_error for anything else, and for another version of the format.
[[nodiscard]] results results_from(const nlohmann::ordered_json& json);

}  // namespace perdure::bench
