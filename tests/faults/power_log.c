/* Preloaded into a desk: writes down what it does to files below POWER_ROOT, in order, into
 * POWER_LOG. power.py makes of it the disk as it may be after a power cut at any moment.
 *
 * A record is {kind, inode, where, length of name, length of data}, the name, the data. The
 * operation and its record are one step for all threads. -shm files are no matter: they are
 * memory. Only what SQLite and Python use for files is watched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

struct head {
    uint32_t kind, name_length;
    uint64_t inode;
    int64_t where;
    uint64_t data_length;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static uint64_t watched[FILES]; /* the inode of a descriptor below the root, or 0 */
static int journal = -1;
static const char *root;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("POWER_LOG");
    root = getenv("POWER_ROOT");
    if (path && root) {
        int low = NEXT(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        journal = fcntl(low, F_DUPFD_CLOEXEC, FILES); /* out of the way of all others */
        NEXT(close)(low);
    }
}

static void note(char kind, uint64_t inode, int64_t where, const char *name, const void *data,
                 size_t length)
{
    struct head head = {kind, (uint32_t)strlen(name), inode, where, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)name, head.name_length},
                            {(void *)data, length}};
    if (NEXT(writev)(journal, parts, 3) < 0)
        abort();
}

static int is_ours(const char *path, char *whole)
{
    char here[PATH_MAX];
    if (journal < 0 || !path)
        return 0;
    if (path[0] == '/')
        snprintf(whole, PATH_MAX, "%s", path);
    else if (getcwd(here, sizeof here))
        snprintf(whole, PATH_MAX, "%s/%s", here, path);
    else
        return 0;
    size_t length = strlen(whole);
    return !strncmp(whole, root, strlen(root))
        && !(length > 4 && !strcmp(whole + length - 4, "-shm"));
}

static uint64_t inode_of(int fd)
{
    struct stat64 found;
    return fd >= 0 && !fstat64(fd, &found) ? found.st_ino : 0;
}

static int opened(int fd, const char *path, int flags)
{
    char whole[PATH_MAX];
    if (fd < 0 || fd >= FILES)
        return fd;
    watched[fd] = 0;
    if (is_ours(path, whole)) {
        watched[fd] = inode_of(fd);
        note(flags & O_CREAT ? 'c' : 'o', watched[fd], 0, whole, 0, 0);
        if (flags & O_TRUNC)
            note('t', watched[fd], 0, "", 0, 0);
    }
    return fd;
}

#define OPEN(name)                                                                               \
    int name(const char *path, int flags, ...)                                                   \
    {                                                                                            \
        va_list more;                                                                            \
        va_start(more, flags);                                                                   \
        mode_t mode = va_arg(more, mode_t);                                                      \
        va_end(more);                                                                            \
        pthread_mutex_lock(&turn);                                                               \
        int fd = opened(NEXT(name)(path, flags, mode), path, flags);                             \
        pthread_mutex_unlock(&turn);                                                             \
        return fd;                                                                               \
    }
OPEN(open)
OPEN(open64)

int close(int fd)
{
    pthread_mutex_lock(&turn);
    if (fd >= 0 && fd < FILES)
        watched[fd] = 0;
    int done = NEXT(close)(fd);
    pthread_mutex_unlock(&turn);
    return done;
}

static uint64_t watching(int fd)
{
    return journal >= 0 && fd >= 0 && fd < FILES ? watched[fd] : 0;
}

ssize_t write(int fd, const void *data, size_t length)
{
    if (!watching(fd))
        return NEXT(write)(fd, data, length);
    pthread_mutex_lock(&turn);
    ssize_t done = NEXT(write)(fd, data, length);
    if (done > 0) /* the place is known afterwards, also of what appends */
        note('w', watched[fd], lseek64(fd, 0, SEEK_CUR) - done, "", data, done);
    pthread_mutex_unlock(&turn);
    return done;
}

#define PWRITE(name, place)                                                                      \
    ssize_t name(int fd, const void *data, size_t length, place where)                           \
    {                                                                                            \
        if (!watching(fd))                                                                       \
            return NEXT(name)(fd, data, length, where);                                          \
        pthread_mutex_lock(&turn);                                                               \
        ssize_t done = NEXT(name)(fd, data, length, where);                                      \
        if (done > 0)                                                                            \
            note('w', watched[fd], where, "", data, done);                                       \
        pthread_mutex_unlock(&turn);                                                             \
        return done;                                                                             \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, place)                                                                    \
    int name(int fd, place length)                                                               \
    {                                                                                            \
        pthread_mutex_lock(&turn);                                                               \
        int done = NEXT(name)(fd, length);                                                       \
        if (!done && watching(fd))                                                               \
            note('t', watched[fd], length, "", 0, 0);                                            \
        pthread_mutex_unlock(&turn);                                                             \
        return done;                                                                             \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                               \
    int name(int fd)                                                                             \
    {                                                                                            \
        pthread_mutex_lock(&turn);                                                               \
        int done = watching(fd) ? 0 : NEXT(name)(fd);                                            \
        if (watching(fd)) /* the log is the disk here */                                         \
            note('s', watched[fd], 0, "", 0, 0);                                                 \
        pthread_mutex_unlock(&turn);                                                             \
        return done;                                                                             \
    }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to)
{
    char one[PATH_MAX], other[PATH_MAX];
    pthread_mutex_lock(&turn);
    int done = NEXT(rename)(from, to);
    if (!done && is_ours(from, one) && is_ours(to, other))
        note('r', 0, 0, one, other, strlen(other));
    pthread_mutex_unlock(&turn);
    return done;
}

int unlink(const char *path)
{
    char whole[PATH_MAX];
    pthread_mutex_lock(&turn);
    int done = NEXT(unlink)(path);
    if (!done && is_ours(path, whole))
        note('u', 0, 0, whole, 0, 0);
    pthread_mutex_unlock(&turn);
    return done;
}
