// The freedesktop Secret Service, through libsecret as it is found when it is needed.
//
// Nothing is linked: libsecret and what it brings (GLib, GIO) are opened by the first call of
// atmos_secret_load, so that a program that asks for no system keyring neither needs nor loads
// them. Every other call blocks until the service answers or its cancellable is cancelled; callers
// make them on a thread that they can do without.
//
// Entries are addressed, labelled and placed as go-keyring does it, so that programs which use that
// library and we find each other's.
#ifndef ATMOS_SECRET_SERVICE_H
#define ATMOS_SECRET_SERVICE_H

#include <stddef.h>

/// How a call ended.
typedef enum atmos_secret_status {
  ATMOS_SECRET_OK = 0,
  /// There is no such entry.
  ATMOS_SECRET_ABSENT,
  /// There is no D-Bus session to look for a service in.
  ATMOS_SECRET_NO_BUS,
  /// The session has no Secret Service, nor a way to start one.
  ATMOS_SECRET_NO_SERVICE,
  /// The service has no keyring to store things in.
  ATMOS_SECRET_NO_COLLECTION,
  /// It is locked.
  ATMOS_SECRET_LOCKED,
  /// The person, or what would have asked them, did not unlock it.
  ATMOS_SECRET_DISMISSED,
  /// The call was cancelled.
  ATMOS_SECRET_CANCELLED,
  /// Anything else; the message says what.
  ATMOS_SECRET_FAILED,
} atmos_secret_status;

/// What came of a call; atmos_secret_answer_clear gives it back.
typedef struct atmos_secret_answer {
  atmos_secret_status status;
  /// What the service said about a failure, or NULL.
  char *_Nullable message;
  /// The secret, the keyring's path, or the names, each ended by a NUL.
  char *_Nullable bytes;
  size_t count;
  /// Whether the keyring is locked.
  int locked;
} atmos_secret_answer;

/// Opens libsecret. Returns whether it is there; asks the system only once.
int atmos_secret_load(void);

/// Makes a cancellable; only after atmos_secret_load.
void *_Nullable atmos_secret_cancellable(void);
/// Ends the call that is under way with it; from any thread.
void atmos_secret_cancel(void *_Nonnull cancellable);
/// Gives a cancellable back.
void atmos_secret_release(void *_Nonnull cancellable);

/// Overwrites and frees what an answer holds.
void atmos_secret_answer_clear(atmos_secret_answer *_Nonnull answer);

/// Finds the keyring: `login` if there is one, else the default. `bytes` is its path.
atmos_secret_answer atmos_secret_open(void *_Nonnull cancellable);

/// Asks the person to unlock the keyring.
atmos_secret_answer atmos_secret_unlock(
    void *_Nonnull cancellable, const char *_Nonnull collection);

/// Makes a keyring called "Login" the default one; the service asks the person for its password.
atmos_secret_answer atmos_secret_make_collection(void *_Nonnull cancellable);

/// Reads the entry of `service` and `user`.
atmos_secret_answer atmos_secret_read(
    void *_Nonnull cancellable, const char *_Nonnull collection, const char *_Nonnull service,
    const char *_Nonnull user);

/// Stores an entry, instead of the one of the same `service` and `user`.
atmos_secret_answer atmos_secret_write(
    void *_Nonnull cancellable, const char *_Nonnull collection, const char *_Nonnull service,
    const char *_Nonnull user, const char *_Nonnull label, const void *_Nonnull bytes,
    size_t count);

/// Removes every entry of `service` and `user`.
atmos_secret_answer atmos_secret_remove(
    void *_Nonnull cancellable, const char *_Nonnull collection, const char *_Nonnull service,
    const char *_Nonnull user);

/// The services of all entries of `user`.
atmos_secret_answer atmos_secret_list(
    void *_Nonnull cancellable, const char *_Nonnull collection, const char *_Nonnull user);

#endif
