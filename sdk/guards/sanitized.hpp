#pragma once

// 1 in builds with a sanitizer that stands in for functions of the C library.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PERDURE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PERDURE_SANITIZED 1
#endif
#endif
#ifndef PERDURE_SANITIZED
#define PERDURE_SANITIZED 0
#endif
