#define _DEFAULT_SOURCE
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

void atmos_limit_process(uint32_t milliseconds, int status) {
  late_status = status;
  signal(SIGINT, SIG_IGN);
  signal(SIGALRM, late);
  struct itimerval limit = {{0, 0}, {milliseconds / 1000, (milliseconds % 1000) * 1000}};
  setitimer(ITIMER_REAL, &limit, NULL);
}
