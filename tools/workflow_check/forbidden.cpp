#include "tools/workflow_check/forbidden.hpp"

#include <algorithm>
#include <array>

namespace perdure::workflow_check {
namespace {

using guards::ban;

// Functions of C, by the linker's name.
constexpr std::array c_functions{
    rule{"clock_gettime", ban::clock},
    rule{"gettimeofday", ban::clock},
    rule{"time", ban::clock},
    rule{"timespec_get", ban::clock},
    rule{"clock", ban::clock},
    rule{"ftime", ban::clock},
    rule{"nanosleep", ban::sleep},
    rule{"clock_nanosleep", ban::sleep},
    rule{"usleep", ban::sleep},
    rule{"sleep", ban::sleep},
    rule{"pause", ban::sleep},
    rule{"thrd_sleep", ban::sleep},
    rule{"rand", ban::entropy},
    rule{"rand_r", ban::entropy},
    rule{"srand", ban::entropy},
    rule{"random", ban::entropy},
    rule{"srandom", ban::entropy},
    rule{"drand48", ban::entropy},
    rule{"lrand48", ban::entropy},
    rule{"mrand48", ban::entropy},
    rule{"getrandom", ban::entropy},
    rule{"getentropy", ban::entropy},
    rule{"arc4random", ban::entropy},
    rule{"arc4random_buf", ban::entropy},
    rule{"arc4random_uniform", ban::entropy},
    rule{"uuid_generate", ban::entropy},
    rule{"RAND_bytes", ban::entropy},
    rule{"socket", ban::network},
    rule{"connect", ban::network},
    rule{"accept", ban::network},
    rule{"send", ban::network},
    rule{"recv", ban::network},
    rule{"poll", ban::network},
    rule{"select", ban::network},
    rule{"epoll_wait", ban::network},
    rule{"getaddrinfo", ban::network},
    rule{"gethostbyname", ban::network},
    rule{"gethostname", ban::environment},
    rule{"open", ban::file},
    rule{"open64", ban::file},
    rule{"openat", ban::file},
    rule{"openat64", ban::file},
    rule{"creat", ban::file},
    rule{"fopen", ban::file},
    rule{"fopen64", ban::file},
    rule{"freopen", ban::file},
    rule{"opendir", ban::file},
    rule{"stat", ban::file},
    rule{"stat64", ban::file},
    rule{"access", ban::file},
    rule{"pthread_create", ban::thread},
    rule{"thrd_create", ban::thread},
    rule{"getpid", ban::environment},
    rule{"fork", ban::process},
    rule{"vfork", ban::process},
    rule{"system", ban::process},
    rule{"popen", ban::process},
    rule{"posix_spawn", ban::process},
    rule{"posix_spawnp", ban::process},
    rule{"execve", ban::process},
    rule{"getenv", ban::environment},
    rule{"secure_getenv", ban::environment},
    rule{"setlocale", ban::environment},
    rule{"_ZNSt6localeC1EPKc", ban::environment},
    rule{"_ZNSt6localeC2EPKc", ban::environment},
    rule{"pthread_mutex_lock", ban::wait},
    rule{"pthread_rwlock_rdlock", ban::wait},
    rule{"pthread_rwlock_wrlock", ban::wait},
    rule{"pthread_cond_wait", ban::wait},
    rule{"pthread_cond_timedwait", ban::wait},
    rule{"pthread_cond_clockwait", ban::wait},
    rule{"pthread_join", ban::wait},
    rule{"sem_wait", ban::wait},
};

// Functions of C++, by the beginning of their readable name: a class stands for all of its functions.
constexpr std::array cpp_functions{
    rule{"std::chrono::system_clock::now", ban::clock},
    rule{"std::chrono::steady_clock::now", ban::clock},
    rule{"std::chrono::high_resolution_clock::now", ban::clock},
    rule{"std::this_thread::sleep_for", ban::sleep},
    rule{"std::this_thread::sleep_until", ban::sleep},
    rule{"std::this_thread::get_id", ban::thread},
    rule{"std::random_device::", ban::entropy},
    rule{"std::basic_ifstream::", ban::file},
    rule{"std::basic_ofstream::", ban::file},
    rule{"std::basic_fstream::", ban::file},
    rule{"std::basic_filebuf::open", ban::file},
    rule{"std::filesystem::exists", ban::file},
    rule{"std::filesystem::status", ban::file},
    rule{"std::filesystem::create_directory", ban::file},
    rule{"std::filesystem::create_directories", ban::file},
    rule{"std::filesystem::remove", ban::file},
    rule{"std::filesystem::file_size", ban::file},
    rule{"std::filesystem::current_path", ban::environment},
    rule{"std::filesystem::temp_directory_path", ban::environment},
    rule{"std::thread::thread", ban::thread},
    rule{"std::thread::_M_start_thread", ban::thread},
    rule{"std::jthread::", ban::thread},
    rule{"std::async", ban::thread},
    rule{"std::mutex::lock", ban::wait},
    rule{"std::recursive_mutex::lock", ban::wait},
    rule{"std::timed_mutex::", ban::wait},
    rule{"std::shared_mutex::lock", ban::wait},
    rule{"std::condition_variable::wait", ban::wait},
    rule{"std::condition_variable_any::wait", ban::wait},
    rule{"std::future::get", ban::wait},
    rule{"std::__basic_future::wait", ban::wait},
    rule{"std::counting_semaphore::acquire", ban::wait},
    rule{"boost::asio::io_context::run", ban::network},
    rule{"boost::uuids::random_generator", ban::entropy},
    rule{"perdure::client::", ban::network},
};

}  // namespace

const rule* forbidden(std::string_view symbol, std::string_view name) {
    const auto c = std::ranges::find(c_functions, symbol, &rule::name);
    if (c != c_functions.end()) return &*c;
    const auto cpp = std::ranges::find_if(cpp_functions, [&](const rule& each) {
        if (!name.starts_with(each.name)) return false;
        // A name is the whole of it, or goes on as wait_for does after wait: "std::async" is not "std::asynchronous".
        return each.name.ends_with("::") || name.size() == each.name.size() || name[each.name.size()] == '_';
    });
    return cpp != cpp_functions.end() ? &*cpp : nullptr;
}

}  // namespace perdure::workflow_check
