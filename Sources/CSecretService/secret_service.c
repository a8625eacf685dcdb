#define _DEFAULT_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "CSecretService.h"
#include "libsecret.h"

static struct libsecret lib;
static int is_loaded;

static void load(void) {
  void *library = dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  int found = 1;
// What a library brings along is found through it as well.
#define FIND(result, name, parameters) \
  if (!(*(void **)&lib.name = dlsym(library, #name))) found = 0;
  LIBSECRET_FUNCTIONS(FIND)
#undef FIND
  is_loaded = found;
}

int atmos_secret_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded;
}

void *atmos_secret_cancellable(void) { return lib.g_cancellable_new(); }
void atmos_secret_cancel(void *cancellable) { lib.g_cancellable_cancel(cancellable); }
void atmos_secret_release(void *cancellable) { lib.g_object_unref(cancellable); }

static void wipe(void *memory, size_t count) {
  volatile char *byte = memory;
  while (count--) *byte++ = 0;
}

void atmos_secret_answer_clear(atmos_secret_answer *answer) {
  if (answer->bytes) wipe(answer->bytes, answer->count);
  free(answer->bytes);
  free(answer->message);
  memset(answer, 0, sizeof *answer);
}

// MARK: - Errors

// From gioenums.h.
enum { IO_ERROR_CANCELLED = 19 };

static int begins(const char *text, const char *start) {
  return text && strncmp(text, start, strlen(start)) == 0;
}

static atmos_secret_status status_of(const GError *error, const char *remote) {
  if (error->domain == lib.g_io_error_quark() && error->code == IO_ERROR_CANCELLED)
    return ATMOS_SECRET_CANCELLED;
  if (begins(remote, "org.freedesktop.DBus.Error.ServiceUnknown")
      || begins(remote, "org.freedesktop.DBus.Error.NameHasNoOwner"))
    return ATMOS_SECRET_NO_SERVICE;
  if (begins(remote, "org.freedesktop.Secret.Error.IsLocked")) return ATMOS_SECRET_LOCKED;
  return ATMOS_SECRET_FAILED;
}

static atmos_secret_answer failure(GError *error) {
  atmos_secret_answer answer = {.status = ATMOS_SECRET_FAILED};
  if (!error) return answer;
  char *remote = lib.g_dbus_error_get_remote_error(error);
  answer.status = status_of(error, remote);
  lib.g_dbus_error_strip_remote_error(error);
  answer.message = error->message ? strdup(error->message) : NULL;
  lib.g_free(remote);
  lib.g_error_free(error);
  return answer;
}

static atmos_secret_answer plain(atmos_secret_status status) {
  return (atmos_secret_answer){.status = status};
}

static atmos_secret_answer with_bytes(const char *bytes, size_t count) {
  atmos_secret_answer answer = {.status = ATMOS_SECRET_OK, .count = count};
  answer.bytes = malloc(count ? count : 1);
  if (!answer.bytes) return plain(ATMOS_SECRET_FAILED);
  if (count) memcpy(answer.bytes, bytes, count);
  return answer;
}

// MARK: - Calls

static const char NAME[] = "org.freedesktop.secrets";
static const char ROOT[] = "/org/freedesktop/secrets";
static const char LOGIN[] = "/org/freedesktop/secrets/collection/login";
static const char COLLECTION[] = "org.freedesktop.Secret.Collection";

enum { SESSION_BUS = 2, NO_FLAGS = 0, NO_LIMIT = 0x7fffffff };
enum { OPEN_SESSION = 1 << 1, REPLACE = 1 << 1 };

// The connection that libsecret uses, too. The callers' cancellable ends the waiting.
static void *bus(void *cancellable, GError **error) {
  void *connection = lib.g_bus_get_sync(SESSION_BUS, cancellable, error);
  // Else GLib would end the process when the bus does.
  if (connection) lib.g_dbus_connection_set_exit_on_close(connection, 0);
  return connection;
}

// Takes over `parameters`.
static void *call(
    void *cancellable, const char *path, const char *interface, const char *method,
    void *parameters, GError **error) {
  void *connection = bus(cancellable, error);
  if (!connection) {
    lib.g_variant_unref(lib.g_variant_ref_sink(parameters));
    return NULL;
  }
  void *reply = lib.g_dbus_connection_call_sync(
      connection, NAME, path, interface, method, parameters, NULL, NO_FLAGS, NO_LIMIT, cancellable,
      error);
  lib.g_object_unref(connection);
  return reply;
}

// The value of a property, or NULL.
static void *property(
    void *cancellable, const char *path, const char *interface, const char *name,
    GError **error) {
  void *reply = call(
      cancellable, path, "org.freedesktop.DBus.Properties", "Get",
      lib.g_variant_new("(ss)", interface, name), error);
  if (!reply) return NULL;
  void *boxed = lib.g_variant_get_child_value(reply, 0);
  void *value = lib.g_variant_get_variant(boxed);
  lib.g_variant_unref(boxed);
  lib.g_variant_unref(reply);
  return value;
}

static void *service(void *cancellable, GError **error) {
  void *connection = bus(cancellable, error);
  if (!connection) return NULL;
  lib.g_object_unref(connection);
  return lib.secret_service_get_sync(OPEN_SESSION, cancellable, error);
}

static const char *string_at(void *variant, size_t index, void **holder) {
  *holder = lib.g_variant_get_child_value(variant, index);
  return lib.g_variant_get_string(*holder, NULL);
}

static int has_login(void *collections) {
  int found = 0;
  for (size_t i = 0; i < lib.g_variant_n_children(collections); i++) {
    void *holder;
    if (strcmp(string_at(collections, i, &holder), LOGIN) == 0) found = 1;
    lib.g_variant_unref(holder);
  }
  return found;
}

// The path of the collection called `default`: "/" if there is none.
static char *default_collection(void *cancellable, GError **error) {
  void *reply = call(
      cancellable, ROOT, "org.freedesktop.Secret.Service", "ReadAlias",
      lib.g_variant_new("(s)", "default"), error);
  if (!reply) return NULL;
  void *holder;
  char *path = strdup(string_at(reply, 0, &holder));
  lib.g_variant_unref(holder);
  lib.g_variant_unref(reply);
  return path;
}

atmos_secret_answer atmos_secret_open(void *cancellable) {
  GError *error = NULL;
  void *connection = bus(cancellable, &error);
  if (!connection) {
    atmos_secret_answer answer = failure(error);
    if (answer.status == ATMOS_SECRET_FAILED) answer.status = ATMOS_SECRET_NO_BUS;
    return answer;
  }
  lib.g_object_unref(connection);

  void *collections =
      property(cancellable, ROOT, "org.freedesktop.Secret.Service", "Collections", &error);
  if (!collections) return failure(error);
  char *path = has_login(collections) ? strdup(LOGIN) : default_collection(cancellable, &error);
  lib.g_variant_unref(collections);
  if (!path) return failure(error);
  if (strcmp(path, "/") == 0) {
    free(path);
    return plain(ATMOS_SECRET_NO_COLLECTION);
  }
  void *locked = property(cancellable, path, COLLECTION, "Locked", &error);
  if (!locked) {
    free(path);
    return failure(error);
  }
  atmos_secret_answer answer = with_bytes(path, strlen(path));
  answer.locked = lib.g_variant_get_boolean(locked);
  lib.g_variant_unref(locked);
  free(path);
  return answer;
}

atmos_secret_answer atmos_secret_unlock(void *cancellable, const char *collection) {
  GError *error = NULL;
  void *proxy = service(cancellable, &error);
  if (!proxy) return failure(error);
  const char *paths[] = {collection, NULL};
  char **unlocked = NULL;
  // It listens for the end of the prompt before it shows one.
  int count =
      lib.secret_service_unlock_dbus_paths_sync(proxy, paths, cancellable, &unlocked, &error);
  lib.g_strfreev(unlocked);
  lib.g_object_unref(proxy);
  if (error) return failure(error);
  return plain(count > 0 ? ATMOS_SECRET_OK : ATMOS_SECRET_DISMISSED);
}

atmos_secret_answer atmos_secret_make_collection(void *cancellable) {
  GError *error = NULL;
  void *proxy = service(cancellable, &error);
  if (!proxy) return failure(error);
  void *properties = lib.g_hash_table_new(NULL, NULL);
  void *label = lib.g_variant_ref_sink(lib.g_variant_new("s", "Login"));
  lib.g_hash_table_insert(properties, "org.freedesktop.Secret.Collection.Label", label);
  char *path = lib.secret_service_create_collection_dbus_path_sync(
      proxy, properties, "default", NO_FLAGS, cancellable, &error);
  lib.g_hash_table_unref(properties);
  lib.g_variant_unref(label);
  lib.g_object_unref(proxy);
  if (error) return failure(error);
  if (!path) return plain(ATMOS_SECRET_DISMISSED);
  atmos_secret_answer answer = with_bytes(path, strlen(path));
  lib.g_free(path);
  return answer;
}

// MARK: - Entries

// The paths of entries, as `(ao)`; those of all services if none is named.
static void *search(
    void *cancellable, const char *collection, const char *service_name, const char *user,
    GError **error) {
  void *attributes =
      service_name
          ? lib.g_variant_new_parsed("({'username': %s, 'service': %s},)", user, service_name)
          : lib.g_variant_new_parsed("({'username': %s},)", user);
  return call(cancellable, collection, COLLECTION, "SearchItems", attributes, error);
}

atmos_secret_answer atmos_secret_read(
    void *cancellable, const char *collection, const char *service_name, const char *user) {
  GError *error = NULL;
  void *found = search(cancellable, collection, service_name, user, &error);
  if (!found) return failure(error);
  void *paths = lib.g_variant_get_child_value(found, 0);
  lib.g_variant_unref(found);
  if (lib.g_variant_n_children(paths) == 0) {
    lib.g_variant_unref(paths);
    return plain(ATMOS_SECRET_ABSENT);
  }
  void *proxy = service(cancellable, &error);
  void *value = NULL;
  if (proxy) {
    void *holder;
    const char *path = string_at(paths, 0, &holder);
    value = lib.secret_service_get_secret_for_dbus_path_sync(proxy, path, cancellable, &error);
    lib.g_variant_unref(holder);
    lib.g_object_unref(proxy);
  }
  lib.g_variant_unref(paths);
  if (!value) return failure(error);
  size_t count = 0;
  const char *bytes = lib.secret_value_get(value, &count);
  atmos_secret_answer answer = with_bytes(bytes, count);
  // libsecret keeps it in memory of its own, which it wipes.
  lib.secret_value_unref(value);
  return answer;
}

atmos_secret_answer atmos_secret_write(
    void *cancellable, const char *collection, const char *service_name, const char *user,
    const char *label, const void *bytes, size_t count) {
  GError *error = NULL;
  void *proxy = service(cancellable, &error);
  if (!proxy) return failure(error);
  void *name = lib.g_variant_ref_sink(lib.g_variant_new("s", label));
  void *attributes = lib.g_variant_ref_sink(
      lib.g_variant_new_parsed("{'username': %s, 'service': %s}", user, service_name));
  void *properties = lib.g_hash_table_new(NULL, NULL);
  lib.g_hash_table_insert(properties, "org.freedesktop.Secret.Item.Label", name);
  lib.g_hash_table_insert(properties, "org.freedesktop.Secret.Item.Attributes", attributes);
  void *value = lib.secret_value_new(bytes, (ssize_t)count, "text/plain; charset=utf8");
  char *path = lib.secret_service_create_item_dbus_path_sync(
      proxy, collection, properties, value, REPLACE, cancellable, &error);
  lib.secret_value_unref(value);
  lib.g_hash_table_unref(properties);
  lib.g_variant_unref(attributes);
  lib.g_variant_unref(name);
  lib.g_object_unref(proxy);
  if (error) return failure(error);
  if (!path) return plain(ATMOS_SECRET_DISMISSED);
  lib.g_free(path);
  return plain(ATMOS_SECRET_OK);
}

atmos_secret_answer atmos_secret_remove(
    void *cancellable, const char *collection, const char *service_name, const char *user) {
  GError *error = NULL;
  void *found = search(cancellable, collection, service_name, user, &error);
  if (!found) return failure(error);
  void *paths = lib.g_variant_get_child_value(found, 0);
  lib.g_variant_unref(found);
  size_t count = lib.g_variant_n_children(paths);
  void *proxy = count ? service(cancellable, &error) : NULL;
  int is_done = count && proxy;
  for (size_t i = 0; is_done && i < count; i++) {
    void *holder;
    const char *path = string_at(paths, i, &holder);
    is_done = lib.secret_service_delete_item_dbus_path_sync(proxy, path, cancellable, &error);
    lib.g_variant_unref(holder);
  }
  if (proxy) lib.g_object_unref(proxy);
  lib.g_variant_unref(paths);
  if (error) return failure(error);
  if (!count) return plain(ATMOS_SECRET_ABSENT);
  return plain(is_done ? ATMOS_SECRET_OK : ATMOS_SECRET_DISMISSED);
}

// The value of `service` among an entry's attributes, or NULL.
static char *service_of(void *attributes) {
  char *result = NULL;
  for (size_t i = 0; !result && i < lib.g_variant_n_children(attributes); i++) {
    void *entry = lib.g_variant_get_child_value(attributes, i), *name, *value;
    if (strcmp(string_at(entry, 0, &name), "service") == 0) {
      result = strdup(string_at(entry, 1, &value));
      lib.g_variant_unref(value);
    }
    lib.g_variant_unref(name);
    lib.g_variant_unref(entry);
  }
  return result;
}

// Adds a name and its NUL; 0 if there is no memory.
static int append(atmos_secret_answer *answer, const char *name) {
  size_t count = strlen(name) + 1;
  char *bytes = realloc(answer->bytes, answer->count + count);
  if (!bytes) return 0;
  memcpy(bytes + answer->count, name, count);
  answer->bytes = bytes;
  answer->count += count;
  return 1;
}

atmos_secret_answer atmos_secret_list(
    void *cancellable, const char *collection, const char *user) {
  GError *error = NULL;
  void *found = search(cancellable, collection, NULL, user, &error);
  if (!found) return failure(error);
  void *paths = lib.g_variant_get_child_value(found, 0);
  lib.g_variant_unref(found);
  atmos_secret_answer answer = plain(ATMOS_SECRET_OK);
  int is_fine = 1;
  for (size_t i = 0; is_fine && i < lib.g_variant_n_children(paths); i++) {
    void *holder;
    const char *path = string_at(paths, i, &holder);
    void *attributes =
        property(cancellable, path, "org.freedesktop.Secret.Item", "Attributes", &error);
    char *name = attributes ? service_of(attributes) : NULL;
    if (name) is_fine = append(&answer, name);
    free(name);
    if (attributes) lib.g_variant_unref(attributes);
    lib.g_variant_unref(holder);
    if (error) is_fine = 0;
  }
  lib.g_variant_unref(paths);
  if (is_fine) return answer;
  atmos_secret_answer_clear(&answer);
  return failure(error);
}
