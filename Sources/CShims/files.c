#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/xattr.h>
#endif
#include <time.h>
#include <unistd.h>

#include "CShims.h"

static void copy(const struct stat *from, struct atmos_file *to) {
  to->device = (uint64_t)from->st_dev;
  to->inode = (uint64_t)from->st_ino;
  to->size = (int64_t)from->st_size;
#if defined(__APPLE__)
  to->seconds = (int64_t)from->st_mtimespec.tv_sec;
  to->nanoseconds = (int64_t)from->st_mtimespec.tv_nsec;
  to->changed_seconds = (int64_t)from->st_ctimespec.tv_sec;
  to->changed_nanoseconds = (int64_t)from->st_ctimespec.tv_nsec;
#else
  to->seconds = (int64_t)from->st_mtim.tv_sec;
  to->nanoseconds = (int64_t)from->st_mtim.tv_nsec;
  to->changed_seconds = (int64_t)from->st_ctim.tv_sec;
  to->changed_nanoseconds = (int64_t)from->st_ctim.tv_nsec;
#endif
  to->mode = (uint32_t)from->st_mode;
  to->user = (uint32_t)from->st_uid;
  to->group = (uint32_t)from->st_gid;
}

int atmos_stat_descriptor(int fd, struct atmos_file *file) {
  struct stat status;
  if (fstat(fd, &status) != 0) return -errno;
  copy(&status, file);
  return 0;
}

int atmos_stat_path(const char *path, int follow, struct atmos_file *file) {
  struct stat status;
  if ((follow ? stat(path, &status) : lstat(path, &status)) != 0) return -errno;
  copy(&status, file);
  return 0;
}

int atmos_lets_others_write(const char *path) {
#if defined(__linux__)
  // Four bytes of version, then entries of a tag, permissions and a number, little-endian.
  enum { named_user = 2, named_group = 8, mask = 16, writing = 2, header = 4, length = 8 };
  unsigned char list[4096];
  ssize_t size = getxattr(path, "system.posix_acl_access", list, sizeof list);
  // A list that is too long to be looked at may say anything.
  if (size < 0) return errno == ERANGE;
  int named = 0;
  int allowed = 1;
  for (ssize_t at = header; at + length <= size; at += length) {
    int tag = list[at] | list[at + 1] << 8;
    int is_writable = (list[at + 2] & writing) != 0;
    if (tag == mask) allowed = is_writable;
    if (tag != named_user && tag != named_group) continue;
    uint32_t number = (uint32_t)list[at + 4] | (uint32_t)list[at + 5] << 8 |
                      (uint32_t)list[at + 6] << 16 | (uint32_t)list[at + 7] << 24;
    int is_own = tag == named_user && (number == 0 || number == (uint32_t)geteuid());
    named |= is_writable && !is_own;
  }
  return named && allowed;
#else
  (void)path;
  return 0;
#endif
}

int atmos_open_reading(const char *path, int follow) {
  int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
  for (;;) {
    int fd = open(path, flags);
    if (fd >= 0) return fd;
    if (errno != EINTR) return -errno;
  }
}

int atmos_create(const char *path, uint32_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
  if (fd < 0) return -errno;
  if (fchmod(fd, (mode_t)mode) != 0) {
    int error = errno;
    close(fd);
    unlink(path);
    return -error;
  }
  return fd;
}

int atmos_open_lock(const char *path) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  int fd = open(path, flags, 0600);
  struct stat status;
  if (fd < 0 && errno == EACCES && lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_uid == geteuid() && chmod(path, 0600) == 0) {
    // An earlier version made it under a umask that takes away the owner's own rights.
    fd = open(path, flags, 0600);
  }
  if (fd < 0) return -errno;
  if (fstat(fd, &status) == 0 && (status.st_mode & 0777) != 0600 && status.st_uid == geteuid()) {
    fchmod(fd, 0600);
  }
  return fd;
}

int atmos_duplicate(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy >= 0 ? copy : -errno;
}

int atmos_lock(int fd, int wait) {
  while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
    if (errno != EINTR) return -errno;
  }
  return 0;
}

int64_t atmos_read(int fd, void *buffer, size_t count) {
  for (;;) {
    ssize_t got = read(fd, buffer, count);
    if (got >= 0) return got;
    if (errno != EINTR) return -errno;
  }
}

int atmos_write(int fd, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(fd, next, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    next += written;
    count -= (size_t)written;
  }
  return 0;
}

int atmos_sync(int fd) { return fsync(fd) == 0 ? 0 : -errno; }

int atmos_sync_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int result = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : -errno;
  close(fd);
  return result;
}

int atmos_set_modified(int fd, int64_t seconds) {
  struct timespec times[2] = {{(time_t)seconds, 0}, {(time_t)seconds, 0}};
  return futimens(fd, times) == 0 ? 0 : -errno;
}

int atmos_set_owner(int fd, uint32_t user, uint32_t group) {
  return fchown(fd, (uid_t)user, (gid_t)group) == 0 ? 0 : -errno;
}

int atmos_rename(const char *from, const char *to) {
  return rename(from, to) == 0 ? 0 : -errno;
}

int atmos_unlink(const char *path) { return unlink(path) == 0 ? 0 : -errno; }

int atmos_make_directory(const char *path) {
  if (mkdir(path, 0700) != 0) return -errno;
  struct stat status;
  // Some umasks take away the owner's own rights.
  if (lstat(path, &status) == 0 && (status.st_mode & 0777) != 0700 && S_ISDIR(status.st_mode)) {
    if (chmod(path, 0700) != 0) return -errno;
  }
  return 0;
}

int atmos_open_appending(const char *path, int follow) {
  int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
  // Not to wait for the reader of a pipe that somebody put there.
  int fd = open(path, flags | O_NONBLOCK, 0600);
  if (fd < 0) return -errno;
  int set = fcntl(fd, F_GETFL);
  if (set >= 0) fcntl(fd, F_SETFL, set & ~O_NONBLOCK);
  return fd;
}

int atmos_set_mode(int fd, uint32_t mode) { return fchmod(fd, (mode_t)mode) == 0 ? 0 : -errno; }

int atmos_free_descriptors(int wanted) {
  int fds[256];
  int count = 0;
  if (wanted > 256) wanted = 256;
  while (count < wanted) {
    int fd = open("/", O_RDONLY | O_CLOEXEC);
    if (fd < 0) break;
    fds[count++] = fd;
  }
  for (int i = 0; i < count; i++) close(fds[i]);
  return count;
}

int atmos_list(
    const char *path, void *context, int (*body)(void *context, const char *name)) {
  DIR *directory = opendir(path);
  if (directory == NULL) return -errno;
  struct dirent *entry;
  int result = 0;
  for (;;) {
    errno = 0;
    if ((entry = readdir(directory)) == NULL) {
      result = -errno;
      break;
    }
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (body(context, entry->d_name) == 0) break;
  }
  closedir(directory);
  return result;
}

const char *atmos_error_text(int error) {
  static _Thread_local char text[128];
#if defined(__GLIBC__)
  return strerror_r(error, text, sizeof text);
#else
  return strerror_r(error, text, sizeof text) == 0 ? text : "unknown error";
#endif
}

int64_t atmos_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec;
}

int64_t atmos_uptime(void) {
#if defined(__linux__)
  struct timespec now;
  return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? (int64_t)now.tv_sec : -1;
#else
  return -1;
#endif
}

uint64_t atmos_unique(void) {
  static _Atomic uint32_t calls;
  return ((uint64_t)(uint32_t)getpid() << 32) | atomic_fetch_add(&calls, 1);
}
