#ifndef LAI_PART_FILES_H
#define LAI_PART_FILES_H

/// From now on the file at `path` is removed when SIGTERM, SIGHUP, SIGINT or SIGQUIT ends the
/// process. A signal for which the program has an action of its own keeps it. Returns a number for
/// lai_release_part; negative, which it accepts, when LAI_PARTS are in use.
int lai_guard_part(const char *path);

void lai_release_part(int part);

/// Removes the guarded files. May be called by signal handlers that end the process.
void lai_remove_parts(void);

/// The largest number of guarded files at a time.
#define LAI_PARTS 16

#endif
