#if defined(__linux__)
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "keyctl.h"

// From linux/keyctl.h, which needs kernel headers that a C library need not bring.
enum {
  PROCESS_KEYRING = -2,
  USER_KEYRING = -4,
  OPERATION_SET_PERMISSIONS = 5,
  OPERATION_DESCRIBE = 6,
  OPERATION_LINK = 8,
  OPERATION_UNLINK = 9,
  OPERATION_SEARCH = 10,
  OPERATION_READ = 11,
  OPERATION_SET_TIMEOUT = 15,
};

// The possessor may do all; the user may view, read and find; group and others nothing.
static const unsigned long PERMISSIONS = 0x3f0b0000;

static int64_t checked(long result) { return result < 0 ? -(int64_t)errno : result; }

static int64_t keyctl(long operation, long a, long b, long c, long d) {
  return checked(syscall(SYS_keyctl, operation, a, b, c, d));
}

static int64_t find(const char *description) {
  return keyctl(OPERATION_SEARCH, USER_KEYRING, (long)"user", (long)description, 0);
}

int64_t atmos_key_put(
    const char *description, const void *payload, size_t count, uint32_t timeout) {
  int64_t key = checked(
      syscall(SYS_add_key, "user", description, payload, count, (long)PROCESS_KEYRING));
  if (key < 0) return key;
  int64_t result = keyctl(OPERATION_SET_PERMISSIONS, key, (long)PERMISSIONS, 0, 0);
  if (result >= 0) result = keyctl(OPERATION_SET_TIMEOUT, key, (long)timeout, 0, 0);
  if (result >= 0) result = keyctl(OPERATION_LINK, key, USER_KEYRING, 0, 0);
  keyctl(OPERATION_UNLINK, key, PROCESS_KEYRING, 0, 0);
  return result < 0 ? result : 0;
}

int64_t atmos_key_get(const char *description, void *buffer, size_t capacity) {
  int64_t key = find(description);
  if (key < 0) return key;
  return keyctl(OPERATION_READ, key, (long)buffer, (long)capacity, 0);
}

int64_t atmos_key_remove(const char *description) {
  int64_t key = find(description);
  if (key < 0) return key;
  return keyctl(OPERATION_UNLINK, key, USER_KEYRING, 0, 0);
}

// Whether a key is of type `user` and its name begins with `prefix`. The kernel tells
// `type;uid;gid;permissions;name`.
static int has_prefix(int32_t key, const char *prefix) {
  char text[512];
  int64_t count = keyctl(OPERATION_DESCRIBE, key, (long)text, sizeof text - 1, 0);
  if (count <= 0 || count > (int64_t)sizeof text - 1) return 0;
  text[count] = 0;
  if (strncmp(text, "user;", 5) != 0) return 0;
  const char *name = text;
  for (int field = 0; field < 4; field++) {
    name = strchr(name, ';');
    if (!name) return 0;
    name++;
  }
  return strncmp(name, prefix, strlen(prefix)) == 0;
}

int64_t atmos_key_remove_all(const char *prefix) {
  int64_t size = keyctl(OPERATION_READ, USER_KEYRING, 0, 0, 0);
  if (size <= 0) return size;
  // Some may be added meanwhile; those are not missed but new.
  int32_t *keys = malloc((size_t)size);
  if (!keys) return -ENOMEM;
  int64_t count = keyctl(OPERATION_READ, USER_KEYRING, (long)keys, size, 0);
  if (count > size) count = size;
  int64_t removed = count < 0 ? count : 0;
  for (int64_t index = 0; index < count / (int64_t)sizeof *keys; index++) {
    if (!has_prefix(keys[index], prefix)) continue;
    if (keyctl(OPERATION_UNLINK, keys[index], USER_KEYRING, 0, 0) >= 0) removed++;
  }
  free(keys);
  return removed;
}
#else
#include <errno.h>
#include "keyctl.h"

int64_t atmos_key_put(
    const char *description, const void *payload, size_t count, uint32_t timeout) {
  (void)description, (void)payload, (void)count, (void)timeout;
  return -ENOSYS;
}

int64_t atmos_key_get(const char *description, void *buffer, size_t capacity) {
  (void)description, (void)buffer, (void)capacity;
  return -ENOSYS;
}

int64_t atmos_key_remove(const char *description) {
  (void)description;
  return -ENOSYS;
}

int64_t atmos_key_remove_all(const char *prefix) {
  (void)prefix;
  return -ENOSYS;
}
#endif
