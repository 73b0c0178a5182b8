// Where the time goes: TIMED(KIND, CALL) adds the time of a call to its kind, if anyone has asked for it.
#ifndef SISA_PROFILE_H
#define SISA_PROFILE_H

#include <stdatomic.h>
#include <stdint.h>

#include "include/CKernels.h"

extern _Atomic(bool) sisa_profile_is_on;

uint64_t sisa_profile_now(void);
void sisa_profile_add(int kind, uint64_t since);

#define TIMED(KIND, CALL)                                                                          \
    do {                                                                                           \
        bool on = atomic_load_explicit(&sisa_profile_is_on, memory_order_relaxed);                 \
        uint64_t since = on ? sisa_profile_now() : 0;                                              \
        CALL;                                                                                      \
        if (on) sisa_profile_add(SISA_PROFILE_##KIND, since);                                      \
    } while (0)

#endif
