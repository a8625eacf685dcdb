// What a process that holds secrets is set to.
#ifndef ATMOS_CSHIMS_HARDENING_H
#define ATMOS_CSHIMS_HARDENING_H

/// Switches core dumps off, and on Linux reading this process's memory through /proc and ptrace.
void atmos_harden_process(void);

#endif
