// Terminal calls whose types or constants differ between C libraries.
#ifndef ATMOS_CSHIMS_TERMINAL_H
#define ATMOS_CSHIMS_TERMINAL_H

#include <stdint.h>

/// Opens the controlling terminal for reading and writing, close-on-exec.
/// Returns a descriptor, or -errno when the process has no terminal.
int atmos_open_terminal(void);

/// Waits until there is something to read; 1 when there is, 0 after `timeout` milliseconds or a
/// signal, or -errno. select, since poll does not wait for terminals on macOS.
int atmos_wait_readable(int fd, int timeout);

/// From now on Ctrl-C is noted and ends nothing.
void atmos_interrupts_begin(void);

/// Whether Ctrl-C was pressed since the last time this was asked.
int atmos_interrupts_take(void);

/// Ctrl-C does what it did before.
void atmos_interrupts_end(void);

/// Reads one line from a terminal without showing it, and shows nothing on it but `prompt`.
///
/// The terminal is out of canonical mode only inside this call; Ctrl-C and Ctrl-D are read as
/// keys, so no signal can leave the terminal without echo. Backspace, Ctrl-U and Ctrl-W edit.
/// Returns the number of bytes, -EINTR for Ctrl-C, -ENODATA for Ctrl-D or a hang-up on an empty
/// line, -E2BIG when the line is longer than `capacity`.
int atmos_read_hidden(int terminal, const char *_Nonnull prompt, char *_Nonnull line, int capacity);

struct atmos_raw_mode;

/// Takes a terminal out of canonical mode: keys arrive one by one, none is shown, and none raises a
/// signal. Signals that would end or stop the process wait until `atmos_raw_end`, and interrupt
/// `atmos_raw_read`. One terminal at a time. Returns NULL when it is not a terminal.
struct atmos_raw_mode *_Nullable atmos_raw_begin(int terminal);

/// Reads keys; waits `timeout` milliseconds, for ever when negative.
/// Returns how many bytes, 0 when the time is over, -EAGAIN when the window's size changed, -EINTR
/// when the process is to end, -ENODATA when the terminal went away.
int atmos_raw_read(int terminal, unsigned char *_Nonnull keys, int capacity, int timeout);

/// Puts the terminal and the signals' handling back, and lets a signal that waited act.
void atmos_raw_end(struct atmos_raw_mode *_Nonnull mode);

/// Writes the terminal's size in character cells; 0 or -errno. Source: TIOCGWINSZ.
int atmos_window_size(int terminal, uint16_t *_Nonnull columns, uint16_t *_Nonnull rows);

#endif
