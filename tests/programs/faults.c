/* Makes the k-th change below one folder fail, once or from then on, or kills the process at it.
 *
 * Loaded with LD_PRELOAD, so that SQLite's own calls and Python's both come by here. It does
 * nothing before faults_arm(). A kill in the middle of a write leaves half of the bytes written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define KILL (-1)
#define DESCRIPTORS 4096

static char root[4096];
static size_t root_length;
static long chosen;
static int from_then_on, failure;
static char only[32];
static atomic_long counted;
static atomic_char watched[DESCRIPTORS];

/* Only changes below `folder` count, and only calls of that name if `call` is not empty.
 * `k` is 0 for no fault; `error` is an errno, or KILL. */
void faults_arm(const char *folder, const char *call, long k, int sticky, int error)
{
    strncpy(only, call, sizeof only - 1);
    root_length = strlen(strncpy(root, folder, sizeof root - 1));
    chosen = k;
    from_then_on = sticky;
    failure = error;
}

static int is_ours(const char *path) { return root_length && path && !strncmp(path, root, root_length); }

static int is_watched(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS && watched[descriptor];
}

static int watch(int descriptor)
{
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        watched[descriptor] = 1;
    return descriptor;
}

static int strikes(const char *call, const char *path)
{
    if (*only && strcmp(only, call))
        return 0;
    long number = ++counted;
    if (!chosen || number < chosen || (number > chosen && !from_then_on))
        return 0;
    if (number == chosen)
        dprintf(2, "faults: %ld %s %s\n", number, call, path);
    errno = failure;
    return 1;
}

static int die(void)
{
    kill(getpid(), SIGKILL);
    return -1;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) \
        real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define FAIL_IF(ours, call, path) \
    if ((ours) && strikes(call, path)) \
        return failure == KILL ? die() : -1

#define OPENING(name, directory, path, ...) \
    int mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, int); \
        va_end(rest); \
    } \
    REAL(name); \
    int ours = is_ours(path) || is_watched(directory); \
    FAIL_IF(ours, "open", path); \
    int opened = real(__VA_ARGS__, flags, mode); \
    return ours ? watch(opened) : opened

int open(const char *path, int flags, ...) { OPENING(open, -1, path, path); }
int open64(const char *path, int flags, ...) { OPENING(open64, -1, path, path); }
int openat(int directory, const char *path, int flags, ...) { OPENING(openat, directory, path, directory, path); }
int openat64(int directory, const char *path, int flags, ...) { OPENING(openat64, directory, path, directory, path); }

int close(int descriptor)
{
    REAL(close);
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        watched[descriptor] = 0;
    return real(descriptor);
}

#define WRITING(call, ...) \
    if (is_watched(descriptor) && strikes(call, "")) { \
        if (failure != KILL) \
            return -1; \
        size = size / 2; \
        (void)!real(__VA_ARGS__); \
        return die(); \
    } \
    return real(__VA_ARGS__)

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    REAL(write);
    WRITING("write", descriptor, bytes, size);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t at)
{
    REAL(pwrite);
    WRITING("pwrite", descriptor, bytes, size, at);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t at)
{
    REAL(pwrite64);
    WRITING("pwrite", descriptor, bytes, size, at);
}

#define PLAIN(name, parameters, ours, path, ...) \
    int name parameters \
    { \
        REAL(name); \
        FAIL_IF(ours, #name, path); \
        return real(__VA_ARGS__); \
    }

PLAIN(fsync, (int descriptor), is_watched(descriptor), "", descriptor)
PLAIN(fdatasync, (int descriptor), is_watched(descriptor), "", descriptor)
PLAIN(ftruncate, (int descriptor, off_t size), is_watched(descriptor), "", descriptor, size)
PLAIN(ftruncate64, (int descriptor, off64_t size), is_watched(descriptor), "", descriptor, size)
PLAIN(mkdir, (const char *path, mode_t mode), is_ours(path), path, path, mode)
PLAIN(rmdir, (const char *path), is_ours(path), path, path)
PLAIN(unlink, (const char *path), is_ours(path), path, path)
PLAIN(unlinkat, (int directory, const char *path, int flags), is_ours(path) || is_watched(directory), path,
      directory, path, flags)
PLAIN(rename, (const char *from, const char *to), is_ours(to), to, from, to)
PLAIN(symlink, (const char *target, const char *path), is_ours(path), path, target, path)
