#pragma once

#include <chrono>
#include <cstddef>
#include <perdure/client.hpp>
#include <string>
#include <vector>

namespace perdure::bench {

struct load_options {
    std::string id_prefix = "warm";
    std::size_t concurrency = 1;
    std::chrono::milliseconds warm_up{0};
    std::chrono::milliseconds measure{10'000};
    std::string task_queue;
};

struct load_result {
    std::size_t finished = 0;          ///< within the measured time
    std::vector<double> latencies_ms;  ///< of these, start to result
    std::chrono::duration<double, std::milli> measured{0};
    std::string first_error;  ///< empty when all went well
};

/// Keeps `concurrency` workflows under way: whenever one ends, the next is started. One thread.
load_result closed_loop(const client& via, const load_options& options);

}  // namespace perdure::bench
