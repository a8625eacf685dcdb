#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "CShims.h"

#ifndef ENODATA
#define ENODATA ENOMSG
#endif

int atmos_open_terminal(void) {
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  return fd >= 0 ? fd : -errno;
}

int atmos_wait_readable(int fd, int timeout) {
  struct timeval limit = {.tv_sec = timeout / 1000, .tv_usec = timeout % 1000 * 1000};
  fd_set ready;
  FD_ZERO(&ready);
  FD_SET(fd, &ready);
  int count = select(fd + 1, &ready, NULL, NULL, &limit);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  return count > 0;
}

static void put(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, text, length);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) {
      text += written;
      length -= (size_t)written;
    }
  }
}

// A signal that ends or stops the process while a hidden line is typed has to wait until the
// terminal shows what is typed again; the handler only notes it, and the read returns.
static volatile sig_atomic_t caught;
static void note_signal(int number) { caught = number; }
static const int held[] = {SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { held_count = sizeof held / sizeof held[0] };

// One line, key by key; the caller has taken the terminal out of canonical mode.
static int read_keys(int fd, char *line, int capacity) {
  int count = 0;
  for (;;) {
    unsigned char key;
    ssize_t got = read(fd, &key, 1);
    if (got < 0 && errno == EINTR && !caught) continue;
    if (got < 0) return -errno;
    if (got == 0) return -ENODATA;
    switch (key) {
      case '\r':
      case '\n':
        return count;
      case 3:  // Ctrl-C
        return -EINTR;
      case 4:  // Ctrl-D
        if (count == 0) return -ENODATA;
        break;
      case 8:
      case 127:  // backspace: back over one UTF-8 character
        while (count > 0 && ((unsigned char)line[--count] & 0xC0) == 0x80) {
        }
        break;
      case 21:  // Ctrl-U
        count = 0;
        break;
      case 23:  // Ctrl-W
        while (count > 0 && line[count - 1] == ' ') count--;
        while (count > 0 && line[count - 1] != ' ') count--;
        break;
      default:
        if (key < 32) break;
        if (count == capacity) return -E2BIG;
        line[count++] = (char)key;
    }
  }
}

int atmos_read_hidden(int terminal, const char *prompt, char *line, int capacity) {
  struct termios saved;
  if (tcgetattr(terminal, &saved) != 0) return -errno;
  struct termios hidden = saved;
  hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
  hidden.c_cc[VMIN] = 1;
  hidden.c_cc[VTIME] = 0;
  struct sigaction note, before[held_count];
  memset(&note, 0, sizeof note);
  note.sa_handler = note_signal;
  caught = 0;
  for (int i = 0; i < held_count; i++) sigaction(held[i], &note, &before[i]);
  // TCSAFLUSH drops what was typed ahead: keys meant for something else are not a password.
  int result = tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 ? 0 : -errno;
  if (result == 0) {
    put(terminal, prompt, strlen(prompt));
    result = read_keys(terminal, line, capacity);
    put(terminal, "\n", 1);
    tcsetattr(terminal, TCSADRAIN, &saved);
  }
  for (int i = 0; i < held_count; i++) sigaction(held[i], &before[i], NULL);
  if (caught) raise(caught);
  return result;
}

// What raw mode changed. INT and WINCH on top of `held`: keys raise no signal then, but others may
// send one, and a window that changes its size has to be drawn again.
static const int watched[] = {SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGINT, SIGWINCH};
enum { watched_count = sizeof watched / sizeof watched[0] };
static volatile sig_atomic_t resized;
static void note_watched(int number) {
  if (number == SIGWINCH) {
    resized = 1;
  } else {
    caught = number;
  }
}

struct atmos_raw_mode {
  int terminal;
  struct termios saved;
  struct sigaction before[watched_count];
};

struct atmos_raw_mode *atmos_raw_begin(int terminal) {
  struct atmos_raw_mode *mode = calloc(1, sizeof *mode);
  if (mode == NULL) return NULL;
  mode->terminal = terminal;
  if (tcgetattr(terminal, &mode->saved) != 0) {
    free(mode);
    return NULL;
  }
  struct termios raw = mode->saved;
  raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
  raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  struct sigaction note;
  memset(&note, 0, sizeof note);
  note.sa_handler = note_watched;
  caught = 0;
  resized = 0;
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &note, &mode->before[i]);
  if (tcsetattr(terminal, TCSADRAIN, &raw) != 0) {
    atmos_raw_end(mode);
    return NULL;
  }
  return mode;
}

// In slices, since a signal may come between the test of its flag and the wait.
int atmos_raw_read(int terminal, unsigned char *keys, int capacity, int timeout) {
  const int slice = 200;
  while (!caught && !resized) {
    int wait = timeout >= 0 && timeout < slice ? timeout : slice;
    int count = atmos_wait_readable(terminal, wait);
    if (count < 0) return count;
    if (count > 0) {
      ssize_t got = read(terminal, keys, (size_t)capacity);
      if (got > 0) return (int)got;
      if (got == 0) return -ENODATA;
      if (errno != EINTR) return -errno;
    }
    if (count == 0 && timeout >= 0 && (timeout -= wait) <= 0) return 0;
  }
  if (caught) return -EINTR;
  resized = 0;
  return -EAGAIN;
}

void atmos_raw_end(struct atmos_raw_mode *mode) {
  tcsetattr(mode->terminal, TCSADRAIN, &mode->saved);
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &mode->before[i], NULL);
  free(mode);
  if (caught) raise(caught);
}

int atmos_window_size(int terminal, uint16_t *columns, uint16_t *rows) {
  struct winsize size;
  if (ioctl(terminal, TIOCGWINSZ, &size) != 0) return -errno;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}
