#include "cli/exit_code.hpp"

namespace perdure::cli {

command_error to_command_error(const service_failure& failure) {
    switch (failure.code) {
        case status_code::not_found:
            return {exit_code::not_found, failure.message};
        case status_code::unavailable:
        case status_code::deadline_exceeded:
            return {exit_code::unavailable, failure.message};
        case status_code::invalid_argument:
            return {exit_code::refused, failure.message};
        default:
            return {exit_code::refused, std::string(to_string(failure.code)) + ": " + failure.message};
    }
}

const char* exit_code_help() noexcept {
    return "Exit codes:\n"
           "  0  done\n"
           "  1  the workflow closed otherwise than completed (execute, result), fsck found a fault, or a file could not be "
           "written (export)\n"
           "  2  the command line or an input makes no sense\n"
           "  3  there is no such workflow, activity or file\n"
           "  4  no server answered, or not within --command-timeout\n"
           "  5  the server refused the request\n";
}

}  // namespace perdure::cli
