// The sums behind sisa_profile. Relaxed order is enough: they are read when the work is done, or as a sample.
#include "profile.h"

#include <time.h>

_Atomic(bool) sisa_profile_is_on;

static _Atomic(uint64_t) nanoseconds[SISA_PROFILE_COUNT];

uint64_t sisa_profile_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void sisa_profile_add(int kind, uint64_t since) {
    atomic_fetch_add_explicit(&nanoseconds[kind], sisa_profile_now() - since, memory_order_relaxed);
}

void sisa_profile_read(double seconds[SISA_PROFILE_COUNT]) {
    for (int kind = 0; kind < SISA_PROFILE_COUNT; kind++)
        seconds[kind] = (double)atomic_exchange_explicit(&nanoseconds[kind], 0, memory_order_relaxed) * 1e-9;
}

void sisa_profile(bool on) {
    double forgotten[SISA_PROFILE_COUNT];
    atomic_store_explicit(&sisa_profile_is_on, on, memory_order_relaxed);
    sisa_profile_read(forgotten);
}
