#if defined(__linux__)
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "keyctl.h"

// From linux/keyctl.h, which needs kernel headers that a C library need not bring.
enum {
  PROCESS_KEYRING = -2,
  USER_KEYRING = -4,
  OPERATION_SET_PERMISSIONS = 5,
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
#endif
