// What the files of this target share.
#ifndef ATMOS_CSHIMS_INTERNAL_H
#define ATMOS_CSHIMS_INTERNAL_H

/// Closes every descriptor from `first` on; safe after fork.
void atmos_close_from(int first);

#endif
