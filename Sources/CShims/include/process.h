// What the whole process is set to.
#ifndef ATMOS_CSHIMS_PROCESS_H
#define ATMOS_CSHIMS_PROCESS_H

/// Switches core dumps off, and on Linux reading this process's memory through /proc and ptrace.
void atmos_harden_process(void);

#endif
