// Makes one system call of a program fail, so that tests can ask what is left then: LD_PRELOAD=libfaults.so
//
// SISA_FAULT=n:how   the n-th call that changes a file, counted from 1 over all threads. How:
//     kill     the process dies before the call        eio      the call fails, once
//     enospc   it and every later one that takes room fails, as on a full disk
//     short    a write takes half of what it was given
// SISA_FAULT_COUNT=FILE   at the end the number of such calls is written there.
//
// Counted are write, pwrite, fsync, fdatasync, rename, unlink and ftruncate; not what goes to the terminal.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum { NOTHING, KILL, EIO_ONCE, ENOSPC_FROM, SHORT } fault;

static atomic_long calls;
static long chosen;
static fault how;

__attribute__((constructor)) static void begin(void) {
    const char *wish = getenv("SISA_FAULT");
    if (!wish) return;
    chosen = strtol(wish, NULL, 10);
    const char *word = strchr(wish, ':');
    if (!word) return;
    how = !strcmp(word, ":kill") ? KILL : !strcmp(word, ":eio") ? EIO_ONCE
        : !strcmp(word, ":enospc") ? ENOSPC_FROM : !strcmp(word, ":short") ? SHORT : NOTHING;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SISA_FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&calls));
    fclose(file);
}

// What happens to this call; `takes_room`: whether a full disk would refuse it.
static fault next(int takes_room) {
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (how == ENOSPC_FROM) return chosen > 0 && call >= chosen && takes_room ? ENOSPC_FROM : NOTHING;
    if (call != chosen) return NOTHING;
    if (how == KILL) kill(getpid(), SIGKILL);
    return how;
}

#define REAL(NAME, TYPE) \
    static TYPE real; \
    if (!real) real = (TYPE)dlsym(RTLD_NEXT, NAME);
#define FAIL(FAULT, RESULT) \
    if ((FAULT) == EIO_ONCE) return errno = EIO, (RESULT); \
    if ((FAULT) == ENOSPC_FROM) return errno = ENOSPC, (RESULT);

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef int (*descriptor_call)(int);
typedef int (*path_call)(const char *);
typedef int (*paths_call)(const char *, const char *);
typedef int (*length_call)(int, off_t);

ssize_t write(int file, const void *bytes, size_t count) {
    REAL("write", write_call)
    if (file <= 2) return real(file, bytes, count);
    fault found = next(1);
    FAIL(found, -1)
    return real(file, bytes, found == SHORT && count > 1 ? count / 2 : count);
}

static ssize_t write_at(pwrite_call real, int file, const void *bytes, size_t count, off_t offset) {
    fault found = next(1);
    FAIL(found, -1)
    return real(file, bytes, found == SHORT && count > 1 ? count / 2 : count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    REAL("pwrite", pwrite_call)
    return write_at(real, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) {
    REAL("pwrite64", pwrite_call)
    return write_at(real, file, bytes, count, offset);
}

int fsync(int file) {
    REAL("fsync", descriptor_call)
    fault found = next(1);
    FAIL(found, -1)
    return real(file);
}

int fdatasync(int file) {
    REAL("fdatasync", descriptor_call)
    fault found = next(1);
    FAIL(found, -1)
    return real(file);
}

int rename(const char *from, const char *to) {
    REAL("rename", paths_call)
    fault found = next(0);
    FAIL(found, -1)
    return real(from, to);
}

int unlink(const char *path) {
    REAL("unlink", path_call)
    fault found = next(0);
    FAIL(found, -1)
    return real(path);
}

int ftruncate(int file, off_t length) {
    REAL("ftruncate", length_call)
    fault found = next(1);
    FAIL(found, -1)
    return real(file, length);
}

int ftruncate64(int file, off_t length) {
    REAL("ftruncate64", length_call)
    fault found = next(1);
    FAIL(found, -1)
    return real(file, length);
}
