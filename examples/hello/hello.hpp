#pragma once

// What the workflow, its workers, its clients and its tests agree on: names, payloads, errors. No behaviour.

#include <boost/describe.hpp>
#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <perdure/workflow.hpp>
#include <string>

namespace hello {

struct Person {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Person, (), (name))

struct Greeting {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (text))

struct NobodyToGreet : perdure::app_error<NobodyToGreet, "NobodyToGreet", perdure::never_retry> {
    using app_error::app_error;
};

inline constexpr perdure::activity<"hello.compose", Greeting(Person)> compose{};

struct HelloFlow : perdure::contract<HelloFlow, "hello", Greeting(Person)> {};

perdure::task<Greeting> greet(perdure::context ctx, Person person);
inline constexpr auto greet_workflow = perdure::define_function<HelloFlow>(&greet);

}  // namespace hello
