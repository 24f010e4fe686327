#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace perdure::bench {

/// One number that was measured. Its unit and what is better stand in the catalogue (bench/report/figures.hpp).
struct figure {
    std::string name;
    double value = 0;
};

/// What one run of one workload measured. A figure that could not be measured is left out.
struct report {
    std::string workload;
    /// "sqlite", "memory" or "postgres"; empty where no store takes part.
    std::string store;
    /// What was asked for: {"concurrency": 32}. An object.
    nlohmann::ordered_json parameters = nlohmann::ordered_json::object();
    std::vector<figure> figures;

    /// Adds a figure. Its name must be in the catalogue.
    void add(std::string_view name, double value);
    /// The value of a figure; nullptr when it was not measured.
    [[nodiscard]] const double* find(std::string_view name) const;
};

/// One flat object: workload, store, parameters, figures.
[[nodiscard]] nlohmann::ordered_json to_json(const report& from);

/// Reads what `to_json` made: the names of the catalogue are figures, all else parameters. Throws std::runtime_error for
/// anything that is no such object.
[[nodiscard]] report report_from(const nlohmann::ordered_json& json);

/// One line for a terminal.
[[nodiscard]] std::string to_text(const report& from);

/// "order4 concurrency=32": what was done, without the store. Figures of runs with the same title and store compare.
[[nodiscard]] std::string title_of(const report& from);

}  // namespace perdure::bench
