// What a short-lived helper process says about signals and time.
#ifndef ATMOS_CSHIMS_PROCESS_H
#define ATMOS_CSHIMS_PROCESS_H

#include <stdint.h>

/// Ignores Ctrl-C, and ends the process with `status` after `milliseconds`, whatever it is doing.
void atmos_limit_process(uint32_t milliseconds, int status);

#endif
