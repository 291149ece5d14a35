/* A disk that can be cut, filled, slowed and broken, for one program and one folder.
 *
 * Preloaded, it writes down in order what the program does to the files of DISK_FOLDER: every write with its bytes,
 * every change of a name, and every sync with its beginning and its end. After a kill `card.py` makes of this book what
 * a power cut might have left: what was synced for certain, of the rest whatever chance lets through.
 *
 *   DISK_FOLDER   absolute, no trailing slash; everything else on the machine is left alone
 *   DISK_BOOK     where the book is written (outside of the folder)
 *   DISK_CONTROL  a file of eight 32-bit numbers, mapped: what is to go wrong now (see struct control)
 *
 * Memory-mapped writes are not seen: of SQLite's files only `-shm` is mapped, and it need not survive.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MOST_FDS 65536

struct control {
    int32_t sync_ms;      /* every sync takes so long */
    int32_t write_errno;  /* every write, truncation and creation fails with it */
    int32_t sync_errno;   /* every sync fails with it, and what it should have synced is lost for good (as on Linux) */
    int32_t break_write;  /* the nth write from now fails once with EIO; counted down */
    int32_t break_sync;   /* the nth sync from now fails once, likewise */
    int32_t writes, syncs, spare;  /* counted up */
};

struct head { uint32_t kind, size; uint64_t file; int64_t at, also; };

static char folder[PATH_MAX];
static size_t folder_size;
static int book = -1;
static struct control nothing, *control = &nothing;
static uint64_t fds[MOST_FDS];  /* inode of a watched file, 0 of any other */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int64_t syncs_begun;

static int raw_open(const char *path, int flags, int mode) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode); }

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("DISK_FOLDER"), *to = getenv("DISK_BOOK"), *rule = getenv("DISK_CONTROL");
    if (!where || !to || !realpath(where, folder)) return;
    folder_size = strlen(folder);
    book = raw_open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (rule) {
        int fd = raw_open(rule, O_RDWR | O_CLOEXEC, 0);
        void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED) control = at;
        if (fd >= 0) syscall(SYS_close, fd);
    }
}

static void note(char kind, uint64_t file, int64_t at, int64_t also, const void *data, size_t size) {
    struct head head = { (uint32_t)kind, (uint32_t)size, file, at, also };
    struct iovec parts[2] = { { &head, sizeof head }, { (void *)data, size } };
    if (syscall(SYS_writev, book, parts, 2) != (ssize_t)(sizeof head + size)) {
        static const char said[] = "disk shim: the book cannot be written; nothing after this would be true\n";
        syscall(SYS_write, 2, said, sizeof said - 1);
        abort();
    }
}

/* The name within the folder, or NULL. */
static const char *inside(const char *path) {
    if (!folder_size || strncmp(path, folder, folder_size) || path[folder_size] != '/') return NULL;
    return path + folder_size + 1;
}

static const char *absolute(int dir, const char *path, char *room) {
    if (path[0] == '/') return path;
    char link[64];
    if (dir == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t size = readlink(link, room, PATH_MAX - 1);
    if (size < 0 || size + strlen(path) + 2 > PATH_MAX) return path;
    room[size] = '/';
    strcpy(room + size + 1, path);
    return room;
}

static int watched(int fd) { return book >= 0 && fd >= 0 && fd < MOST_FDS && fds[fd]; }

/* Must this write fail? Called with the guard held. */
static int fails(void) {
    control->writes++;
    if (control->break_write > 0 && --control->break_write == 0) { errno = EIO; return 1; }
    if (control->write_errno) { errno = control->write_errno; return 1; }
    return 0;
}

static int opened(int dir, const char *path, int flags, int mode) {
    char room[PATH_MAX], real[PATH_MAX], link[64];
    const char *name = book >= 0 ? inside(absolute(dir, path, room)) : NULL;
    if (!name) return (int)syscall(SYS_openat, dir, path, flags, mode);
    pthread_mutex_lock(&guard);
    int there = !faccessat(dir, path, F_OK, 0), fd = -1;
    if (!there && (flags & O_CREAT) && control->write_errno) errno = control->write_errno;
    else if ((flags & O_ACCMODE) != O_RDONLY && control->write_errno == EROFS) errno = EROFS;
    else fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    int fault = errno;
    struct stat is;
    if (fd >= 0 && fd < MOST_FDS && !fstat(fd, &is) && S_ISREG(is.st_mode)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t size = readlink(link, real, sizeof real - 1);
        if (size > 0) { real[size] = 0; name = inside(real); }
        if (name) {
            fds[fd] = is.st_ino;
            if (!there) note('C', is.st_ino, 0, 0, name, strlen(name));
            else if (flags & O_TRUNC) note('T', is.st_ino, 0, 0, NULL, 0);
        }
    }
    pthread_mutex_unlock(&guard);
    errno = fault;
    return fd;
}

#define OPEN(name) int name(const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
    return opened(AT_FDCWD, path, flags, mode); }
#define OPENAT(name) int name(int dir, const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
    return opened(dir, path, flags, mode); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

int close(int fd) {
    if (fd >= 0 && fd < MOST_FDS) fds[fd] = 0;
    return (int)syscall(SYS_close, fd);
}

static ssize_t put(int fd, const void *data, size_t size, off_t at) {
    if (size > 1u << 24) size = 1u << 24;  /* a short write: whoever writes goes on with the rest */
    pthread_mutex_lock(&guard);
    ssize_t went = -1;
    if (!fails()) {
        int begin = at < 0;
        if (begin) {
            struct stat is;
            int append = fcntl(fd, F_GETFL) & O_APPEND;
            at = append && !fstat(fd, &is) ? is.st_size : lseek(fd, 0, SEEK_CUR);
            went = syscall(SYS_write, fd, data, size);
        } else went = syscall(SYS_pwrite64, fd, data, size, at);
        int fault = errno;
        if (went > 0) note('W', fds[fd], at, 0, data, (size_t)went);
        errno = fault;
    }
    pthread_mutex_unlock(&guard);
    return went;
}

ssize_t write(int fd, const void *data, size_t size) {
    return watched(fd) ? put(fd, data, size, -1) : syscall(SYS_write, fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return watched(fd) ? put(fd, data, size, at) : syscall(SYS_pwrite64, fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) { return pwrite(fd, data, size, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!watched(fd)) return syscall(SYS_writev, fd, parts, count);
    ssize_t all = 0;
    for (int part = 0; part < count; part++) {
        ssize_t went = parts[part].iov_len ? put(fd, parts[part].iov_base, parts[part].iov_len, -1) : 0;
        if (went < 0) return all ? all : -1;
        all += went;
        if ((size_t)went < parts[part].iov_len) break;
    }
    return all;
}

int ftruncate(int fd, off_t size) {
    if (!watched(fd)) return (int)syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&guard);
    int answer = fails() ? -1 : (int)syscall(SYS_ftruncate, fd, size);
    if (!answer) note('T', fds[fd], size, 0, NULL, 0);
    pthread_mutex_unlock(&guard);
    return answer;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

static int sync_it(int fd, long call) {
    struct stat is;
    char link[64], real[PATH_MAX];
    int folder_itself = 0;
    if (book >= 0 && folder_size && !watched(fd) && !fstat(fd, &is) && S_ISDIR(is.st_mode)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t size = readlink(link, real, sizeof real - 1);
        folder_itself = size > 0 && (real[size] = 0, !strcmp(real, folder));
    }
    if (!watched(fd) && !folder_itself) return (int)syscall(call, fd);
    uint64_t file = folder_itself ? 0 : fds[fd];
    pthread_mutex_lock(&guard);
    control->syncs++;
    int64_t number = ++syncs_begun + ((int64_t)getpid() << 32);
    note('S', file, number, 0, NULL, 0);
    int breaks = control->break_sync > 0 && --control->break_sync == 0 ? EIO : control->sync_errno;
    int wait_ms = control->sync_ms;
    pthread_mutex_unlock(&guard);
    for (; wait_ms > 0; wait_ms -= 20) {  /* in pieces, so that a disk that is well again is so at once */
        struct timespec some = { 0, 20 * 1000000L };
        syscall(SYS_nanosleep, &some, NULL);
        if (!control->sync_ms) break;
    }
    int answer = breaks ? -1 : (int)syscall(call, fd);
    int fault = breaks ? breaks : errno;
    pthread_mutex_lock(&guard);
    note(answer ? 'L' : 'D', file, number, 0, NULL, 0);
    pthread_mutex_unlock(&guard);
    errno = fault;
    return answer;
}
int fsync(int fd) { return sync_it(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_it(fd, SYS_fdatasync); }

static int renamed(int from_dir, const char *from, int to_dir, const char *to) {
    char room[2][PATH_MAX], both[2 * PATH_MAX];
    const char *was = inside(absolute(from_dir, from, room[0])), *is = inside(absolute(to_dir, to, room[1]));
    if (book < 0 || (!was && !is)) return (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
    pthread_mutex_lock(&guard);
    int answer = fails() ? -1 : (int)syscall(SYS_renameat, from_dir, from, to_dir, to);
    if (!answer && was && is) {
        size_t first = strlen(was) + 1, all = first + strlen(is);
        memcpy(both, was, first);
        memcpy(both + first, is, all - first);
        note('R', 0, 0, 0, both, all);
    }
    pthread_mutex_unlock(&guard);
    return answer;
}
int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return renamed(a, from, b, to); }

static int removed(int dir, const char *path, int flags) {
    char room[PATH_MAX];
    const char *name = book >= 0 && !(flags & AT_REMOVEDIR) ? inside(absolute(dir, path, room)) : NULL;
    if (!name) return (int)syscall(SYS_unlinkat, dir, path, flags);
    pthread_mutex_lock(&guard);
    int answer = -1;
    if (control->write_errno == EROFS) errno = EROFS;
    else answer = (int)syscall(SYS_unlinkat, dir, path, flags);
    if (!answer) note('U', 0, 0, 0, name, strlen(name));
    pthread_mutex_unlock(&guard);
    return answer;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int dir, const char *path, int flags) { return removed(dir, path, flags); }
