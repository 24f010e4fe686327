#include <locale.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sdk/guards/sanitized.hpp"
#include "sdk/guards/stand_in.hpp"

// Threads, other processes, and what this one was given: environment and locale.

namespace perdure::guards {
void link_processes() noexcept;
void link_processes() noexcept {}
}  // namespace perdure::guards

#if !PERDURE_SANITIZED

PERDURE_STAND_IN(thread, int, pthread_create, (pthread_t * made, const pthread_attr_t* how, void* (*body)(void*), void* argument),
                 (made, how, body, argument), noexcept)

PERDURE_STAND_IN(process, pid_t, fork, (), (), noexcept)
PERDURE_STAND_IN(process, int, system, (const char* command), (command))
PERDURE_STAND_IN(process, FILE*, popen, (const char* command, const char* mode), (command, mode))
PERDURE_STAND_IN(process, int, posix_spawn,
                 (pid_t * made, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* how,
                  char* const words[], char* const environment[]),
                 (made, path, actions, how, words, environment))

PERDURE_STAND_IN(environment, char*, getenv, (const char* name), (name), noexcept)
PERDURE_STAND_IN(environment, char*, secure_getenv, (const char* name), (name), noexcept)
PERDURE_STAND_IN(environment, char*, setlocale, (int category, const char* name), (category, name), noexcept)

#endif
