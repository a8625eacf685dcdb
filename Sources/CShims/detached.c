#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include "CShims.h"
#include "internal.h"

void atmos_close_from(int first) {
#if defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
  long count = sysconf(_SC_OPEN_MAX);
  if (count < 0 || count > 65536) count = 65536;
  for (int fd = first; fd < count; fd++) close(fd);
}

// Between fork and execve only calls that are safe in a signal handler: other threads of the
// parent may have held any lock.
static void become(const char *path, char *const *argv, char *const *envp, int report) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int null = open("/dev/null", O_RDWR);
  if (null >= 0 && dup2(report, 3) >= 0) {
    fcntl(3, F_SETFD, FD_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    atmos_close_from(4);
    report = 3;
    execve(path, argv, envp);
  }
  int number = errno;
  while (write(report, &number, sizeof number) < 0 && errno == EINTR) {
  }
  _exit(127);
}

int atmos_start_detached(const char *path, char *const *argv, char *const *envp) {
  int ends[2];
  int made = atmos_pipe(ends);
  if (made != 0) return made;
  pid_t child = fork();
  if (child < 0) {
    int number = errno;
    close(ends[0]);
    close(ends[1]);
    return -number;
  }
  if (child == 0) {
    setsid();
    // The second fork gives the program away to init, so nobody has to wait for its end.
    pid_t grandchild = fork();
    if (grandchild == 0) become(path, argv, envp, ends[1]);
    int number = grandchild < 0 ? errno : 0;
    if (number != 0 && write(ends[1], &number, sizeof number) < 0) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  int number = 0;
  ssize_t count;
  while ((count = read(ends[0], &number, sizeof number)) < 0 && errno == EINTR) {
  }
  close(ends[0]);
  return count == sizeof number ? -number : 0;
}

int atmos_spawn_in(posix_spawn_file_actions_t *actions, const char *directory) {
  return posix_spawn_file_actions_addchdir_np(actions, directory);
}

int atmos_spawn_streams_only(posix_spawn_file_actions_t *actions) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  return posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
  // Closing what is not open is not an error. More than these are never open in a short-lived tool.
  for (int fd = 3; fd < 256; fd++) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    int code = posix_spawn_file_actions_addclose(actions, fd);
    if (code != 0) return code;
  }
  return 0;
#endif
}
