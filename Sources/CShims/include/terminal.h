// Terminal calls whose types or constants differ between C libraries.
#ifndef ATMOS_CSHIMS_TERMINAL_H
#define ATMOS_CSHIMS_TERMINAL_H

#include <stdint.h>

/// Opens the controlling terminal for reading and writing, close-on-exec.
/// Returns a descriptor, or -errno when the process has no terminal.
int atmos_open_terminal(void);

/// Reads one line from a terminal without showing it, and shows nothing on it but `prompt`.
///
/// The terminal is out of canonical mode only inside this call; Ctrl-C and Ctrl-D are read as
/// keys, so no signal can leave the terminal without echo. Backspace, Ctrl-U and Ctrl-W edit.
/// Returns the number of bytes, -EINTR for Ctrl-C, -ENODATA for Ctrl-D or a hang-up on an empty
/// line, -E2BIG when the line is longer than `capacity`.
int atmos_read_hidden(int terminal, const char *_Nonnull prompt, char *_Nonnull line, int capacity);

/// Writes the terminal's size in character cells; 0 or -errno. Source: TIOCGWINSZ.
int atmos_window_size(int terminal, uint16_t *_Nonnull columns, uint16_t *_Nonnull rows);

#endif
