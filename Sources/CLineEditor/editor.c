// stdio.h first: readline's headers use FILE without asking for it.
#include <stdio.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "CLineEditor.h"

// What macOS calls readline is libedit, which reads no ~/.inputrc.
#if RL_READLINE_VERSION < 0x0800
#error "GNU readline 8 or later is needed: apt-get install libreadline-dev, brew install readline"
#endif

enum { longest_history = 1000 };

// MARK: Completion

struct atmos_candidates {
  char **words;
  size_t count, next;
  int takes_files, goes_on;
};

static atmos_completer completer;
static void *completer_context;
static struct atmos_candidates found;

void atmos_candidate_add(struct atmos_candidates *list, const char *word) {
  char **words = realloc(list->words, (list->count + 1) * sizeof *words);
  if (words == NULL) return;
  list->words = words;
  char *copy = strdup(word);
  if (copy != NULL) list->words[list->count++] = copy;
}

void atmos_candidate_files(struct atmos_candidates *list) { list->takes_files = 1; }
void atmos_candidate_goes_on(struct atmos_candidates *list) { list->goes_on = 1; }

// readline frees what it is given.
static char *next_candidate(const char *text, int state) {
  (void)text;
  if (state == 0) found.next = 0;
  if (found.next == found.count) return NULL;
  char *word = found.words[found.next];
  found.words[found.next++] = NULL;
  return word;
}

static char **attempt(const char *text, int start, int end) {
  (void)start;
  for (size_t index = 0; index < found.count; index++) free(found.words[index]);
  free(found.words);
  memset(&found, 0, sizeof found);
  char *line = strndup(rl_line_buffer, (size_t)end);
  if (line != NULL) completer(completer_context, line, &found);
  free(line);
  rl_attempted_completion_over = !found.takes_files;
  if (found.count == 0) return NULL;
  if (found.goes_on) rl_completion_suppress_append = 1;
  return rl_completion_matches(text, next_candidate);
}

// A blank behind an odd number of backslashes is part of its word.
static int is_quoted(char *line, int index) {
  int count = 0;
  while (index > 0 && line[--index] == '\\') count++;
  return count % 2;
}

// MARK: Signals

// Each signal is a byte in a pipe, which is waited for beside the keys.
static int pipe_ends[2] = {-1, -1};
static const int watched[] = {SIGINT, SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGQUIT};
enum { watched_count = sizeof watched / sizeof watched[0] };

static void note(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  while (write(pipe_ends[1], &byte, 1) < 0 && errno == EINTR) {
  }
  errno = saved;
}

static void watch(struct sigaction *before) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &action, &before[i]);
}

static void unwatch(const struct sigaction *before) {
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &before[i], NULL);
}

// MARK: Lines

static char *entered;
static int is_over;

static void take(char *line) {
  entered = line;
  is_over = 1;
  // Before anything else can draw the prompt again.
  rl_callback_handler_remove();
}

// Leaves the line as it depends on the screen, the cursor below it.
static void drop(void) {
  rl_callback_sigcleanup();
  rl_point = rl_end;
  rl_redisplay();
  fputs("^C", rl_outstream);
  rl_crlf();
  fflush(rl_outstream);
  rl_free_line_state();
  rl_callback_handler_remove();
}

static void suspend(struct sigaction *before) {
  rl_point = rl_end;
  rl_redisplay();
  rl_crlf();
  fflush(rl_outstream);
  (*rl_deprep_term_function)();
  unwatch(before);
  signal(SIGTSTP, SIG_DFL);
  // A thread of Swift's may have it blocked.
  sigset_t stop, mask;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  watch(before);
  (*rl_prep_term_function)(1);
  rl_resize_terminal();
  rl_on_new_line();
  rl_redisplay();
}

int atmos_editor_begin(const char *name, int terminal, atmos_completer complete, void *context) {
  if (pipe(pipe_ends) != 0) return -errno;
  for (int i = 0; i < 2; i++) {
    fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
  }
  int input = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
  int output = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
  if (input < 0 || output < 0) return -errno;
  rl_instream = fdopen(input, "r");
  rl_outstream = fdopen(output, "w");
  if (rl_instream == NULL || rl_outstream == NULL) return -ENOMEM;
  completer = complete;
  completer_context = context;
  // readline keeps the pointer.
  rl_readline_name = strdup(name);
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  // setenv is not safe beside other threads.
  rl_change_environment = 0;
  rl_attempted_completion_function = attempt;
  // No colon: `core:admin` is one word.
  rl_completer_word_break_characters = " \t\n";
  rl_completer_quote_characters = "\"'";
  rl_char_is_quoted_p = is_quoted;
  rl_filename_quote_characters = " \t\n\\\"'$`;&|<>()*?[]{}!#";
  using_history();
  stifle_history(longest_history);
  return 0;
}

enum atmos_line atmos_editor_read(const char *prompt, char **line) {
  struct sigaction before[watched_count];
  enum atmos_line result = atmos_line_entered;
  int ending = 0;
  entered = NULL;
  is_over = 0;
  watch(before);
  rl_callback_handler_install(prompt, take);
  while (!is_over) {
    int terminal = fileno(rl_instream);
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(terminal, &ready);
    FD_SET(pipe_ends[0], &ready);
    int last = terminal > pipe_ends[0] ? terminal : pipe_ends[0];
    if (select(last + 1, &ready, NULL, NULL, NULL) < 0) {
      if (errno == EINTR) continue;
      rl_callback_handler_remove();
      result = atmos_line_failed;
      break;
    }
    unsigned char number;
    if (FD_ISSET(pipe_ends[0], &ready) && read(pipe_ends[0], &number, 1) == 1) {
      if (number == SIGWINCH) {
        rl_resize_terminal();
      } else if (number == SIGTSTP) {
        suspend(before);
      } else if (number == SIGINT) {
        drop();
        result = atmos_line_dropped;
        break;
      } else if (number != SIGQUIT) {
        rl_callback_handler_remove();
        ending = number;
        break;
      }
    } else if (FD_ISSET(terminal, &ready)) {
      rl_callback_read_char();
    }
  }
  unwatch(before);
  // Some of them end the process here.
  if (ending != 0) raise(ending);
  if (result != atmos_line_entered) return result;
  if (entered == NULL) return atmos_line_end;
  *line = entered;
  return atmos_line_entered;
}

void atmos_editor_remember(const char *line) {
  for (int offset = history_length - 1; offset >= 0; offset--) {
    HIST_ENTRY *entry = history_get(history_base + offset);
    if (entry == NULL || strcmp(entry->line, line) != 0) continue;
    entry = remove_history(offset);
    if (entry != NULL) free_history_entry(entry);
  }
  add_history(line);
}

void atmos_editor_end(void) {
  rl_clear_history();
  if (rl_instream != NULL) fclose(rl_instream);
  if (rl_outstream != NULL) fclose(rl_outstream);
  rl_instream = rl_outstream = NULL;
  for (int i = 0; i < 2; i++) {
    if (pipe_ends[i] >= 0) close(pipe_ends[i]);
    pipe_ends[i] = -1;
  }
}
