// Makes one system call of a program fail, or writes down what it does to files, so that tests can ask what is left then:
// LD_PRELOAD=libfaults.so
//
// SISA_FAULT=n:how   the n-th call that changes a file, counted from 1 over all threads. How:
//     kill     the process dies before the call        eio      the call fails, once
//     enospc   it and every later one that takes room fails, as on a full disk
//     short    a write takes half of what it was given
// SISA_FAULT_COUNT=FILE   at the end the number of such calls is written there.
//
// Counted are write, pwrite, fsync, fdatasync, syncfs, rename, link, unlink and ftruncate; not what goes to the terminal.
//
// SISA_TRACE=FILE SISA_TRACE_ROOT=DIR   what succeeds below DIR (an absolute path without links) is appended to FILE, in order, as
// lines of words with a tab between them, paths relative to DIR:
//     begin                       a process; descriptors of another mean nothing from here on
//     open    descriptor create|- truncate|- path          close   descriptor
//     write   descriptor offset count, and after the line so many bytes        length  descriptor bytes
//     fsync   descriptor          sync    of everything
//     rename  from to             link    from to             unlink  path             mkdir   path        rmdir   path
// A call and its line are one step, so the lines of threads stand in the order of their calls.
//
// SISA_LOCKS=ENOLCK|EOPNOTSUPP|ENOSYS   flock and the locks of fcntl fail with that, as on a network file system that has none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

typedef enum { NOTHING, KILL, EIO_ONCE, ENOSPC_FROM, SHORT } fault;

static atomic_long calls;
static long chosen;
static fault how;

enum { DESCRIPTORS = 4096 };
static int trace = -1;
static char root[PATH_MAX];
static char is_traced[DESCRIPTORS];
static pthread_mutex_t one_step = PTHREAD_MUTEX_INITIALIZER;

static void tell(const void *bytes, size_t count, const char *format, ...) {
    char line[2 * PATH_MAX + 64];
    va_list words;
    va_start(words, format);
    int length = vsnprintf(line, sizeof line, format, words);
    va_end(words);
    struct iovec parts[] = {{line, (size_t)length}, {(void *)bytes, count}};
    if (syscall(SYS_writev, trace, parts, count ? 2 : 1) != length + (ssize_t)count) abort();
}

// The part of a path below the root, in `buffer`; NULL: it is elsewhere.
static const char *below(int folder, const char *path, char *buffer) {
    if (trace < 0) return NULL;
    size_t length = 0;
    if (path[0] != '/') {
        char link[64];
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t got = readlink(link, buffer, PATH_MAX - 1);
        if (got <= 0) abort();
        length = (size_t)got;
        buffer[length++] = '/';
    }
    snprintf(buffer + length, PATH_MAX - length, "%s", path);
    size_t start = strlen(root);
    if (strncmp(buffer, root, start) || (buffer[start] && buffer[start] != '/')) return NULL;
    return buffer[start] ? buffer + start + 1 : ".";
}

static int traces(int file) { return trace >= 0 && file >= 0 && file < DESCRIPTORS && is_traced[file]; }

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("SISA_TRACE"), *folder = getenv("SISA_TRACE_ROOT");
    if (file && folder) {
        snprintf(root, sizeof root, "%s", folder);
        // Far from the small numbers that the program gets.
        int opened = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        trace = fcntl(opened, F_DUPFD_CLOEXEC, 900);
        syscall(SYS_close, opened);
        if (trace < 0) abort();
        tell(NULL, 0, "begin\n");
    }
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

// Does the call and, where it succeeded and `IS_BELOW`, writes its line, with no other thread in between.
#define STEP(CALL, IS_BELOW, ...) \
    pthread_mutex_lock(&one_step); \
    __typeof__(CALL) result = CALL; \
    int code = errno; \
    if (result >= 0 && (IS_BELOW)) tell(__VA_ARGS__); \
    pthread_mutex_unlock(&one_step); \
    errno = code; \
    return result;

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef int (*descriptor_call)(int);
typedef int (*path_call)(const char *);
typedef int (*paths_call)(const char *, const char *);
typedef int (*length_call)(int, off_t);
typedef int (*openat_call)(int, const char *, int, ...);
typedef int (*mode_call)(const char *, mode_t);
typedef int (*modeat_call)(int, const char *, mode_t);
typedef int (*unlinkat_call)(int, const char *, int);
typedef int (*renameat_call)(int, const char *, int, const char *, unsigned);
typedef void (*sync_call)(void);
typedef int (*flock_call)(int, int);
typedef int (*control_call)(int, int, ...);

ssize_t write(int file, const void *bytes, size_t count) {
    REAL("write", write_call)
    if (file <= 2) return real(file, bytes, count);
    fault found = next(1);
    FAIL(found, -1)
    if (found == SHORT && count > 1) count /= 2;
    long long offset = traces(file) ? lseek(file, 0, SEEK_CUR) : 0;
    STEP(real(file, bytes, count), traces(file), bytes, (size_t)result, "write\t%d\t%lld\t%zd\n", file, offset, result)
}

static ssize_t write_at(pwrite_call real, int file, const void *bytes, size_t count, off_t offset) {
    fault found = next(1);
    FAIL(found, -1)
    if (found == SHORT && count > 1) count /= 2;
    STEP(real(file, bytes, count, offset), traces(file), bytes, (size_t)result, "write\t%d\t%lld\t%zd\n", file,
         (long long)offset, result)
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
    STEP(real(file), traces(file), NULL, 0, "fsync\t%d\n", file)
}

int fdatasync(int file) {
    REAL("fdatasync", descriptor_call)
    fault found = next(1);
    FAIL(found, -1)
    STEP(real(file), traces(file), NULL, 0, "fsync\t%d\n", file)
}

int syncfs(int file) {
    REAL("syncfs", descriptor_call)
    fault found = next(1);
    FAIL(found, -1)
    STEP(real(file), traces(file), NULL, 0, "sync\n")
}

void sync(void) {
    REAL("sync", sync_call)
    pthread_mutex_lock(&one_step);
    real();
    if (trace >= 0) tell(NULL, 0, "sync\n");
    pthread_mutex_unlock(&one_step);
}

int rename(const char *from, const char *to) {
    REAL("rename", paths_call)
    fault found = next(0);
    FAIL(found, -1)
    char a[PATH_MAX], b[PATH_MAX];
    const char *old = below(AT_FDCWD, from, a), *new = below(AT_FDCWD, to, b);
    STEP(real(from, to), old && new, NULL, 0, "rename\t%s\t%s\n", old, new)
}

int link(const char *from, const char *to) {
    REAL("link", paths_call)
    fault found = next(0);
    FAIL(found, -1)
    char buffer[PATH_MAX], other[PATH_MAX];
    const char *old = below(AT_FDCWD, from, buffer), *new = below(AT_FDCWD, to, other);
    STEP(real(from, to), old && new, NULL, 0, "link\t%s\t%s\n", old, new)
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned flags) {
    REAL("renameat2", renameat_call)
    fault found = next(0);
    FAIL(found, -1)
    char a[PATH_MAX], b[PATH_MAX];
    const char *old = below(folder, from, a), *new = below(other, to, b);
    STEP(real(folder, from, other, to, flags), old && new, NULL, 0, "rename\t%s\t%s\n", old, new)
}

int unlink(const char *path) {
    REAL("unlink", path_call)
    fault found = next(0);
    FAIL(found, -1)
    char buffer[PATH_MAX];
    const char *name = below(AT_FDCWD, path, buffer);
    STEP(real(path), name, NULL, 0, "unlink\t%s\n", name)
}

int unlinkat(int folder, const char *path, int flags) {
    REAL("unlinkat", unlinkat_call)
    fault found = next(0);
    FAIL(found, -1)
    char buffer[PATH_MAX];
    const char *name = below(folder, path, buffer);
    STEP(real(folder, path, flags), name, NULL, 0, "%s\t%s\n", flags & AT_REMOVEDIR ? "rmdir" : "unlink", name)
}

int rmdir(const char *path) {
    REAL("rmdir", path_call)
    char buffer[PATH_MAX];
    const char *name = below(AT_FDCWD, path, buffer);
    STEP(real(path), name, NULL, 0, "rmdir\t%s\n", name)
}

int mkdir(const char *path, mode_t mode) {
    REAL("mkdir", mode_call)
    char buffer[PATH_MAX];
    const char *name = below(AT_FDCWD, path, buffer);
    STEP(real(path, mode), name, NULL, 0, "mkdir\t%s\n", name)
}

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL("mkdirat", modeat_call)
    char buffer[PATH_MAX];
    const char *name = below(folder, path, buffer);
    STEP(real(folder, path, mode), name, NULL, 0, "mkdir\t%s\n", name)
}

static int truncate_to(length_call real, int file, off_t length) {
    fault found = next(1);
    FAIL(found, -1)
    STEP(real(file, length), traces(file), NULL, 0, "length\t%d\t%lld\n", file, (long long)length)
}

int ftruncate(int file, off_t length) {
    REAL("ftruncate", length_call)
    return truncate_to(real, file, length);
}

int ftruncate64(int file, off_t length) {
    REAL("ftruncate64", length_call)
    return truncate_to(real, file, length);
}

int close(int file) {
    REAL("close", descriptor_call)
    int was_traced = traces(file);
    if (was_traced) is_traced[file] = 0;
    STEP(real(file), was_traced, NULL, 0, "close\t%d\n", file)
}

static int open_at(openat_call real, int folder, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    const char *name = below(folder, path, buffer);
    pthread_mutex_lock(&one_step);
    int file = real(folder, path, flags, mode);
    int code = errno;
    if (file >= DESCRIPTORS && name) abort();
    if (file >= 0 && file < DESCRIPTORS) is_traced[file] = name != NULL;
    if (file >= 0 && name)
        tell(NULL, 0, "open\t%d\t%s\t%s\t%s\n", file, flags & O_CREAT ? "create" : "-",
             flags & O_TRUNC ? "truncate" : "-", name);
    pthread_mutex_unlock(&one_step);
    errno = code;
    return file;
}

// Variants of one call: glibc has a name for each size of offsets, and for programs that check their flags.
static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPEN(NAME) \
    int NAME(const char *path, int flags, ...) { \
        REAL("openat", openat_call) \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        return open_at(real, AT_FDCWD, path, flags, mode); \
    }
#define OPENAT(NAME) \
    int NAME(int folder, const char *path, int flags, ...) { \
        REAL("openat", openat_call) \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        return open_at(real, folder, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }

// What a lock fails with; 0: it does not.
static int no_locks(void) {
    const char *name = getenv("SISA_LOCKS");
    if (!name) return 0;
    return !strcmp(name, "ENOLCK") ? ENOLCK : !strcmp(name, "EOPNOTSUPP") ? EOPNOTSUPP : ENOSYS;
}

int flock(int file, int operation) {
    REAL("flock", flock_call)
    if (no_locks()) return errno = no_locks(), -1;
    return real(file, operation);
}

// The third argument is a number or a pointer, and fits into one either way.
static int control(control_call real, int file, int command, void *argument) {
    int locks = command == F_SETLK || command == F_SETLKW || command == F_GETLK || command == F_OFD_SETLK ||
        command == F_OFD_SETLKW || command == F_OFD_GETLK;
    if (locks && no_locks()) return errno = no_locks(), -1;
    return real(file, command, argument);
}

#define CONTROL(NAME) \
    int NAME(int file, int command, ...) { \
        REAL("fcntl64", control_call) \
        va_list rest; \
        va_start(rest, command); \
        void *argument = va_arg(rest, void *); \
        va_end(rest); \
        return control(real, file, command, argument); \
    }
CONTROL(fcntl)
CONTROL(fcntl64)
