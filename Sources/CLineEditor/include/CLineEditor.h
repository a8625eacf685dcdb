// GNU readline behind a small interface: one editor a process, since readline has globals only.
//
// readline is used through its callbacks, so that every wait is a wait here: Ctrl-C, a window that
// changes its size and Ctrl-Z reach the line at once, whichever thread their signal comes to.
#ifndef ATMOS_CLINEEDITOR_H
#define ATMOS_CLINEEDITOR_H

#include <stdint.h>

/// What became of a line.
enum atmos_line {
  /// It was entered.
  atmos_line_entered,
  /// Ctrl-C dropped it.
  atmos_line_dropped,
  /// Ctrl-D on an empty line, or the terminal went away.
  atmos_line_end,
  /// Not a line, but `errno`.
  atmos_line_failed,
};

/// What fits at the cursor; see `atmos_candidate_add`.
struct atmos_candidates;

/// Finds what fits at the end of `line`, the text before the cursor.
typedef void (*atmos_completer)(void *_Nullable context, const char *_Nonnull line,
                                struct atmos_candidates *_Nonnull found);

/// Adds a word instead of the one at the cursor, quoted for the line.
void atmos_candidate_add(struct atmos_candidates *_Nonnull found, const char *_Nonnull word);

/// Lets readline complete the name of a file instead.
void atmos_candidate_files(struct atmos_candidates *_Nonnull found);

/// Puts no blank after the word, since it goes on.
void atmos_candidate_goes_on(struct atmos_candidates *_Nonnull found);

/// Prepares readline for a terminal; `name` is what `$if` in ~/.inputrc compares with. The
/// descriptor stays the caller's. Returns 0 or -errno.
int atmos_editor_begin(const char *_Nonnull name, int terminal,
                       atmos_completer _Nonnull complete, void *_Nullable context);

/// Reads a line. `prompt` has what takes no room between \001 and \002. With `atmos_line_entered`
/// the line is in `line`, for the caller to `free`.
///
/// The terminal is in readline's mode inside this call only. A signal that ends the process
/// restores it first; so does Ctrl-Z. Ctrl-\ is ignored, as in shells.
enum atmos_line atmos_editor_read(const char *_Nonnull prompt,
                                  char *_Nullable *_Nonnull line);

/// Puts a line at the end of the history, instead of an equal one.
void atmos_editor_remember(const char *_Nonnull line);

/// Forgets the history and lets go of the terminal.
void atmos_editor_end(void);

#endif
