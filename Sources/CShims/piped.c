#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CShims.h"
#include "internal.h"

// Between fork and execve only calls that are safe in a signal handler, as in detached.c.
static void become(const char *path, char *const *argv, char *const *envp, int hears, int says,
                   int report) {
  sigset_t none;
  sigemptyset(&none);
  setsid();
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Out of the way first: any of them may be one of the numbers that are wanted.
  hears = fcntl(hears, F_DUPFD, 10);
  says = fcntl(says, F_DUPFD, 10);
  report = fcntl(report, F_DUPFD, 10);
  int null = open("/dev/null", O_RDWR);
  if (hears >= 0 && says >= 0 && report >= 0 && null >= 0 && dup2(report, 5) >= 0) {
    report = 5;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    if (dup2(hears, 3) >= 0 && dup2(says, 4) >= 0) {
      atmos_close_from(6);
      execve(path, argv, envp);
    }
  }
  int number = errno;
  while (write(report, &number, sizeof number) < 0 && errno == EINTR) {
  }
  _exit(127);
}

int atmos_start_piped(const char *path, char *const *argv, char *const *envp, int ends[2],
                      int *process) {
  int hears[2], says[2], report[2];
  int made = atmos_pipe(hears);
  if (made != 0) return made;
  if ((made = atmos_pipe(says)) != 0) {
    close(hears[0]);
    close(hears[1]);
    return made;
  }
  if ((made = atmos_pipe(report)) != 0) {
    for (int i = 0; i < 2; i++) {
      close(hears[i]);
      close(says[i]);
    }
    return made;
  }
  pid_t child = fork();
  if (child == 0) become(path, argv, envp, hears[0], says[1], report[1]);
  int failure = child < 0 ? errno : 0;
  close(hears[0]);
  close(says[1]);
  close(report[1]);
  if (failure == 0) {
    int number = 0;
    ssize_t count;
    while ((count = read(report[0], &number, sizeof number)) < 0 && errno == EINTR) {
    }
    if (count == sizeof number) {
      failure = number;
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
      }
    }
  }
  close(report[0]);
  if (failure != 0) {
    close(says[0]);
    close(hears[1]);
    return -failure;
  }
  ends[0] = says[0];
  ends[1] = hears[1];
  *process = child;
  return 0;
}
