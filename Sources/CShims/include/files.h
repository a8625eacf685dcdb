// File system calls whose structures or flags differ between C libraries, or whose errno has to be
// read before anything else runs.
#ifndef ATMOS_CSHIMS_FILES_H
#define ATMOS_CSHIMS_FILES_H

#include <stddef.h>
#include <stdint.h>

/// What `stat` says about a file, in types that are the same everywhere.
struct atmos_file {
  uint64_t device;
  uint64_t inode;
  int64_t size;
  int64_t seconds;
  int64_t nanoseconds;
  int64_t changed_seconds;
  int64_t changed_nanoseconds;
  uint32_t mode;
  uint32_t user;
  uint32_t group;
};

/// Looks at the file behind a descriptor; 0 or -errno.
int atmos_stat_descriptor(int fd, struct atmos_file *_Nonnull file);

/// Looks at the file called `path`, through a symbolic link if `follow` is not 0; 0 or -errno.
int atmos_stat_path(const char *_Nonnull path, int follow, struct atmos_file *_Nonnull file);

/// Whether an access control list lets a user or group that it names write to the file called
/// `path`, symbolic links followed. Linux only: elsewhere 0.
///
/// Source: acl(5), and include/uapi/linux/posix_acl_xattr.h of Linux.
int atmos_lets_others_write(const char *_Nonnull path);

/// Opens for reading, close-on-exec and never waiting; with `follow` 0 a symbolic link fails with
/// -ELOOP. Returns a descriptor or -errno.
int atmos_open_reading(const char *_Nonnull path, int follow);

/// Creates a file that must not exist yet, for writing, close-on-exec, with `mode` whatever the
/// umask says. Returns a descriptor or -errno.
int atmos_create(const char *_Nonnull path, uint32_t mode);

/// Opens a lock file, creating it with mode 0600, close-on-exec. Returns a descriptor or -errno.
int atmos_open_lock(const char *_Nonnull path);

/// Locks a file for this open descriptor alone; waits if `wait` is not 0, else fails with
/// -EWOULDBLOCK. The lock ends with the descriptor, so with the process at the latest. 0 or -errno.
int atmos_lock(int fd, int wait);
/// Another descriptor of the same open file, which programs that are started do not get; -errno.
int atmos_duplicate(int fd);

/// Reads at most `count` bytes; the number read, 0 at the end, or -errno.
int64_t atmos_read(int fd, void *_Nonnull buffer, size_t count);

/// Writes all of `count` bytes; 0 or -errno.
int atmos_write(int fd, const void *_Nonnull bytes, size_t count);

/// Puts what was written on the disk; 0 or -errno.
int atmos_sync(int fd);

/// Puts a directory's entries on the disk; 0 or -errno. File systems that cannot are forgiven.
int atmos_sync_directory(const char *_Nonnull path);

/// Sets the modification time, in seconds since 1970; 0 or -errno.
int atmos_set_modified(int fd, int64_t seconds);

/// Gives a file to a user and a group; 0 or -errno.
int atmos_set_owner(int fd, uint32_t user, uint32_t group);

/// Renames, replacing what is called `to`; 0 or -errno.
int atmos_rename(const char *_Nonnull from, const char *_Nonnull to);

/// Removes a file; 0 or -errno.
int atmos_unlink(const char *_Nonnull path);

/// Opens a file for adding at its end, and makes it with mode 0600 at most if it is missing; a
/// descriptor or -errno. Symbolic links are followed only if `follow` is not 0.
int atmos_open_appending(const char *_Nonnull path, int follow);

/// Gives an open file permissions; 0 or -errno.
int atmos_set_mode(int fd, uint32_t mode);

/// How many files could be opened now, `wanted` and 256 at most.
int atmos_free_descriptors(int wanted);

/// Makes one directory of mode 0700, whatever the umask; 0 or -errno.
int atmos_make_directory(const char *_Nonnull path);

/// Calls `body` with each name in a directory but `.` and `..` until it returns 0; 0 or -errno.
int atmos_list(
    const char *_Nonnull path, void *_Nullable context,
    int (*_Nonnull body)(void *_Nullable context, const char *_Nonnull name));

/// The text for an errno; the memory stays valid until the thread asks again.
const char *_Nonnull atmos_error_text(int error);

/// The time, in seconds since 1970. Source: CLOCK_REALTIME.
int64_t atmos_now(void);

/// Seconds since the system started, as /proc/uptime has them; -1 where there is no such file.
int64_t atmos_uptime(void);

/// A number that no other process and no other call in this one has at the moment.
uint64_t atmos_unique(void);

#endif
