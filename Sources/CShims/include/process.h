// This process's arguments, what a short-lived helper process says about signals and time, and starting
// programs that live on.
#ifndef ATMOS_CSHIMS_PROCESS_H
#define ATMOS_CSHIMS_PROCESS_H

#include <spawn.h>
#include <stdint.h>

/// The arguments that this process was started with, the program's name first and NULL last; NULL
/// where the system does not hand them to a library.
///
/// Swift looks for them below the environment in memory. It finds none when a library that is loaded
/// before the program (LD_PRELOAD) has set a variable, since the environment is elsewhere then.
char *_Nullable const *_Nullable atmos_arguments(void);

/// Ignores Ctrl-C, and ends the process with `status` after `milliseconds`, whatever it is doing.
void atmos_limit_process(uint32_t milliseconds, int status);

/// Ends this process with `status` once all its threads together have worked for so long. What it
/// waits for, and what other processes do meanwhile, does not count.
void atmos_limit_work(uint32_t milliseconds, int status);

/// Makes a pipe, the reading end first, that no program inherits which another thread starts at the
/// same moment, as far as the system can do that. Returns 0 or -errno.
int atmos_pipe(int ends[_Nonnull 2]);

/// Starts a program that is nobody's child: in a session of its own, deaf to the terminal, its
/// streams at /dev/null, none of our descriptors open in it, signals as they are by default.
/// Returns 0 once it runs, or -errno.
int atmos_start_detached(const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                         char *_Nullable const *_Nonnull envp);

/// Starts a program that hears what is written to `ends[1]` as its descriptor 3, and says on its
/// descriptor 4 what is read from `ends[0]`: in a session of its own, which Ctrl-C does not reach, its
/// streams at /dev/null, none of our other descriptors open in it, signals as they are by default.
/// Returns 0 once it runs, `process` being its number and to be waited for, or -errno.
int atmos_start_piped(const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                      char *_Nullable const *_Nonnull envp, int ends[_Nonnull 2],
                      int *_Nonnull process);

/// Runs a program in the foreground of `terminal` and waits for its end, as a shell does: a process
/// group of its own, which Ctrl-C and Ctrl-Z reach and this process does not hear. When it stops,
/// this process stops as well, and both go on together. Afterwards the terminal is as it was before,
/// whatever the program left it in. With a negative `terminal` it only runs and is waited for.
///
/// None of our descriptors but the three streams are open in it. Returns 0 with what `waitpid` says
/// in `status`, or -errno when it cannot be started.
int atmos_run_foreground(int terminal, const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                         char *_Nullable const *_Nonnull envp, int *_Nonnull status);

/// Starts a program that is started with these actions in a directory. Returns 0 or an error number.
int atmos_spawn_in(posix_spawn_file_actions_t *_Nonnull actions, const char *_Nonnull directory);

/// Lets a program that is started with these actions have its three streams only: sockets of the
/// network library are not close-on-exec. To be added after all others. Returns 0 or an error
/// number.
int atmos_spawn_streams_only(posix_spawn_file_actions_t *_Nonnull actions);

#endif
