// The Linux kernel's key store, reached by system call so that libkeyutils is not needed.
// Each call returns 0 or a count on success and -errno on failure; -ENOSYS where the system is
// not Linux. In containers the calls are often forbidden (-EPERM); callers do without them.
#ifndef ATMOS_KEYCTL_H
#define ATMOS_KEYCTL_H

#include <stddef.h>
#include <stdint.h>

/// Puts `payload` under `description` in the user's keyring, readable by that user's processes for
/// `timeout` seconds, instead of a key of the same description.
///
/// The key is made in the process's own keyring and linked from there: rights and timeout may only
/// be set on a key that the process possesses, and not every session's keyring leads to the user's.
int64_t atmos_key_put(
    const char *_Nonnull description, const void *_Nonnull payload, size_t count,
    uint32_t timeout);

/// Copies the key called `description` in the user's keyring to `buffer`.
///
/// Returns the key's size, which may exceed `capacity`; then nothing useful was copied.
int64_t atmos_key_get(
    const char *_Nonnull description, void *_Nonnull buffer, size_t capacity);

/// Takes the key called `description` out of the user's keyring.
int64_t atmos_key_remove(const char *_Nonnull description);

/// Takes every key whose name begins with `prefix` out of the user's keyring; returns how many.
int64_t atmos_key_remove_all(const char *_Nonnull prefix);

#endif
