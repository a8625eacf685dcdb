#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "CShims.h"
#include "internal.h"

// Between fork and execve only calls that are safe in a signal handler.
static void become(int terminal, const char *path, char *const *argv, char *const *envp,
                   int report) {
  if (terminal >= 0) {
    // Both sides do it, since either may be first. SIGTTOU is ignored here.
    setpgid(0, 0);
    tcsetpgrp(terminal, getpid());
  }
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (report == 3 || dup2(report, 3) >= 0) {
    fcntl(3, F_SETFD, FD_CLOEXEC);
    atmos_close_from(4);
    report = 3;
    execve(path, argv, envp);
  }
  int number = errno;
  while (write(report, &number, sizeof number) < 0 && errno == EINTR) {
  }
  _exit(127);
}

static volatile sig_atomic_t continued;
static void note_continued(int number) {
  (void)number;
  continued = 1;
}

// The program stopped: so does this process, and whoever started it gets the terminal.
static void stop_along(int terminal, pid_t child, const struct termios *ours) {
  struct termios theirs;
  int has_theirs = tcgetattr(terminal, &theirs) == 0;
  tcsetpgrp(terminal, getpgrp());
  if (ours != NULL) tcsetattr(terminal, TCSADRAIN, ours);
  // Everybody in the group, such as a script that started this one. The signal may come to any thread
  // and takes a moment, so what follows waits until somebody continues the group. Where nobody could,
  // the kernel stops nothing, and the program goes on after two seconds.
  struct sigaction note, before_stop, before_continue;
  memset(&note, 0, sizeof note);
  note.sa_handler = note_continued;
  continued = 0;
  sigaction(SIGCONT, &note, &before_continue);
  note.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &note, &before_stop);
  kill(0, SIGTSTP);
  const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
  for (int i = 0; i < 200 && !continued; i++) nanosleep(&moment, NULL);
  sigaction(SIGTSTP, &before_stop, NULL);
  sigaction(SIGCONT, &before_continue, NULL);
  // Continued in the background, the program goes on there.
  if (tcgetpgrp(terminal) == getpgrp()) {
    if (has_theirs) tcsetattr(terminal, TCSADRAIN, &theirs);
    tcsetpgrp(terminal, child);
  }
  kill(-child, SIGCONT);
}

int atmos_run_foreground(int terminal, const char *path, char *const *argv, char *const *envp,
                         int *status) {
  int ends[2];
  int made = atmos_pipe(ends);
  if (made != 0) return made;
  struct termios ours;
  int has_mode = terminal >= 0 && tcgetattr(terminal, &ours) == 0;
  // Taking the terminal back happens from the background.
  void (*before)(int) = signal(SIGTTOU, SIG_IGN);
  pid_t child = fork();
  if (child == 0) become(terminal, path, argv, envp, ends[1]);
  int number = child < 0 ? errno : 0;
  close(ends[1]);
  if (child > 0) {
    if (terminal >= 0) {
      setpgid(child, child);
      tcsetpgrp(terminal, child);
    }
    ssize_t count;
    while ((count = read(ends[0], &number, sizeof number)) < 0 && errno == EINTR) {
    }
    if (count != sizeof number) number = 0;
    for (;;) {
      if (waitpid(child, status, terminal >= 0 ? WUNTRACED : 0) < 0) {
        if (errno == EINTR) continue;
        number = errno;
        break;
      }
      if (!WIFSTOPPED(*status)) break;
      stop_along(terminal, child, has_mode ? &ours : NULL);
    }
    if (terminal >= 0) {
      tcsetpgrp(terminal, getpgrp());
      if (has_mode) tcsetattr(terminal, TCSADRAIN, &ours);
    }
  }
  close(ends[0]);
  signal(SIGTTOU, before);
  return -number;
}
