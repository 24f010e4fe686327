#pragma once

/// @file
/// For translation units of workflow code: the C functions that a replay cannot repeat cannot be named after this header.
/// perdure_add_workflows includes it first of all. Names that ordinary code uses too (time, sleep, open, read, system) are left
/// to the check of the object files; what the standard library declares is included here, so that it is not touched.
///
/// A header of somebody else's that needs these names itself is given by the definition PERDURE_POISON_AFTER, with its quotes.

// Those that declare or use the names; the rest of the standard library does not mention them.
#include <dirent.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <thread>

#include <perdure/workflow.hpp>

#ifdef PERDURE_POISON_AFTER
#include PERDURE_POISON_AFTER
#endif

#pragma GCC poison clock_gettime gettimeofday timespec_get
#pragma GCC poison nanosleep clock_nanosleep usleep
#pragma GCC poison rand srand rand_r drand48 lrand48 mrand48 srand48 srandom arc4random arc4random_buf arc4random_uniform
#pragma GCC poison getrandom getentropy random_device
#pragma GCC poison fopen fopen64 freopen opendir
#pragma GCC poison getenv secure_getenv setenv putenv
#pragma GCC poison pthread_create pthread_mutex_lock pthread_cond_wait pthread_cond_timedwait pthread_join
#pragma GCC poison popen vfork posix_spawn posix_spawnp execve execvp
