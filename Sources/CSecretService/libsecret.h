// The functions of GLib, GIO and libsecret that are used, by their own names but without their
// headers: what is opened at run time must not be needed to build.
#ifndef ATMOS_LIBSECRET_H
#define ATMOS_LIBSECRET_H

#include <stdint.h>
#include <sys/types.h>

typedef struct {
  uint32_t domain;
  int code;
  char *message;
} GError;

#define LIBSECRET_FUNCTIONS(X) \
  X(void, g_free, (void *)) \
  X(void, g_error_free, (GError *)) \
  X(void *, g_hash_table_new, (void *, void *)) \
  X(int, g_hash_table_insert, (void *, const void *, const void *)) \
  X(void, g_hash_table_unref, (void *)) \
  X(void *, g_variant_new, (const char *, ...)) \
  X(void *, g_variant_ref_sink, (void *)) \
  X(void, g_variant_unref, (void *)) \
  X(void *, g_variant_get_child_value, (void *, size_t)) \
  X(size_t, g_variant_n_children, (void *)) \
  X(const char *, g_variant_get_string, (void *, size_t *)) \
  X(int, g_variant_get_boolean, (void *)) \
  X(void *, g_variant_get_variant, (void *)) \
  X(void *, g_variant_new_parsed, (const char *, ...)) \
  X(void *, g_cancellable_new, (void)) \
  X(void, g_cancellable_cancel, (void *)) \
  X(void, g_object_unref, (void *)) \
  X(uint32_t, g_io_error_quark, (void)) \
  X(void *, g_bus_get_sync, (int, void *, GError **)) \
  X(void, g_dbus_connection_set_exit_on_close, (void *, int)) \
  X(void *, g_dbus_connection_call_sync, \
    (void *, const char *, const char *, const char *, const char *, void *, const void *, int, \
     int, void *, GError **)) \
  X(char *, g_dbus_error_get_remote_error, (const GError *)) \
  X(int, g_dbus_error_strip_remote_error, (GError *)) \
  X(void *, secret_service_get_sync, (int, void *, GError **)) \
  X(int, secret_service_unlock_dbus_paths_sync, \
    (void *, const char **, void *, char ***, GError **)) \
  X(void *, secret_service_get_secret_for_dbus_path_sync, \
    (void *, const char *, void *, GError **)) \
  X(char *, secret_service_create_item_dbus_path_sync, \
    (void *, const char *, void *, void *, int, void *, GError **)) \
  X(int, secret_service_delete_item_dbus_path_sync, (void *, const char *, void *, GError **)) \
  X(char *, secret_service_create_collection_dbus_path_sync, \
    (void *, void *, const char *, int, void *, GError **)) \
  X(void *, secret_value_new, (const char *, ssize_t, const char *)) \
  X(const char *, secret_value_get, (void *, size_t *)) \
  X(void, secret_value_unref, (void *)) \
  X(void, g_strfreev, (char **))

#define LIBSECRET_MEMBER(result, name, parameters) result(*name) parameters;
struct libsecret {
  LIBSECRET_FUNCTIONS(LIBSECRET_MEMBER)
};
#undef LIBSECRET_MEMBER

#endif
