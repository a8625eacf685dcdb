#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

#include "CShims.h"

static volatile sig_atomic_t late_status;

static void late(int signal) {
  (void)signal;
  _exit(late_status);
}

int atmos_pipe(int ends[2]) {
#if defined(__linux__)
  return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno;
#else
  if (pipe(ends) != 0) return -errno;
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

void atmos_limit_process(uint32_t milliseconds, int status) {
  late_status = status;
  signal(SIGINT, SIG_IGN);
  signal(SIGALRM, late);
  struct itimerval limit = {{0, 0}, {milliseconds / 1000, (milliseconds % 1000) * 1000}};
  setitimer(ITIMER_REAL, &limit, NULL);
}

void atmos_limit_work(uint32_t milliseconds, int status) {
  late_status = status;
  signal(SIGPROF, late);
  struct itimerval limit = {{0, 0}, {milliseconds / 1000, (milliseconds % 1000) * 1000}};
  setitimer(ITIMER_PROF, &limit, NULL);
}
