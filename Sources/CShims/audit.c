#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "CShims.h"

int atmos_write_at(int fd, const void *bytes, size_t count, int64_t offset) {
  const char *rest = bytes;
  while (count > 0) {
    ssize_t written = pwrite(fd, rest, count, (off_t)offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -errno;
    rest += written;
    offset += written;
    count -= (size_t)written;
  }
  return 0;
}

int atmos_set_length(int fd, int64_t length) {
  return ftruncate(fd, (off_t)length) == 0 ? 0 : -errno;
}

int atmos_send_datagram(const char *path, const void *bytes, size_t count) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (fd < 0) return -errno;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  ssize_t sent = sendto(fd, bytes, count, 0, (struct sockaddr *)&address, sizeof address);
  int error = errno;
  close(fd);
  return sent < 0 ? -error : 0;
}
