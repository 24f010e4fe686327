#include "bench/suite/subprocess.hpp"

#include <chrono>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

#include "examples/order_orchestration/demo/process.hpp"

namespace perdure::bench {

report run_in_a_process(const std::string& programs, const std::vector<std::string>& arguments, const std::string& folder) {
    std::vector<std::string> command{programs + "/perdure-bench"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    command.insert(command.end(), {"--json", "--folder", folder});
    const std::string output = folder + "/output";
    std::ofstream(output, std::ios::trunc).close();
    shop::demo::Process process(command, std::map<std::string, std::string>{}, output);
    while (process.running()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::string last;
    std::ifstream in(output);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("{\"workload\"")) return report_from(nlohmann::ordered_json::parse(line));
        if (!line.empty()) last = line;
    }
    throw std::runtime_error(last.empty() ? "it ended without a word" : last);
}

}  // namespace perdure::bench
