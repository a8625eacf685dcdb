// What the audit log needs of the system.
#ifndef ATMOS_CSHIMS_AUDIT_H
#define ATMOS_CSHIMS_AUDIT_H

#include <stddef.h>
#include <stdint.h>

/// Writes all of `count` bytes at a place of a file; 0 or -errno.
int atmos_write_at(int fd, const void *_Nonnull bytes, size_t count, int64_t offset);

/// Gives a file a length; 0 or -errno.
int atmos_set_length(int fd, int64_t length);

/// Sends one datagram to the socket called `path`, without waiting; 0 or -errno.
int atmos_send_datagram(const char *_Nonnull path, const void *_Nonnull bytes, size_t count);

#endif
