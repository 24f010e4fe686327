// A worker process that says hello: hello_worker run --address http://127.0.0.1:7243
#include <perdure/worker_main.hpp>

#include "hello.hpp"

int main(int argc, char** argv) {
    return perdure::worker_main(argc, argv, {.task_queue = "hello"}, [](perdure::worker& worker) {
        worker.add_workflow(hello::greet_workflow);
        worker.add_activity(hello::compose, [](const hello::Person& person) -> hello::Greeting {
            if (person.name.empty()) throw hello::NobodyToGreet{"a greeting needs a name"};
            return {.text = "Hello, " + person.name + "!"};
        });
    });
}
