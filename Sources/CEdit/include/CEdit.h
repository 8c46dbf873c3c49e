/* A line editor with history and completion, over libedit. Its calls take variable arguments, which Swift
 * can't pass; so what is variable is said here.
 *
 * One editor per process; used by one thread at a time. */
#ifndef CEDIT_H
#define CEDIT_H

typedef struct cedit cedit;

/* What Tab gives: allocated with malloc, freed by the editor; NULL for nothing. Its first line is inserted
 * at the cursor; when there are more, they are shown below the line. */
typedef char *(*cedit_complete)(void *context, const char *before);

/* What reading a line came to. */
enum cedit_status { CEDIT_LINE, CEDIT_END, CEDIT_INTERRUPTED };

/* An editor on the terminal of this process; NULL when memory is short. A history file that isn't there yet
 * is no error. */
cedit *cedit_open(const char *program, const char *history, cedit_complete complete, void *context);
void cedit_close(cedit *edit);

/* Reads a line, without its end; `*line` belongs to the editor until the next call. */
int cedit_read(cedit *edit, const char *prompt, const char **line);

/* Keeps a line, and writes the history file; 0 when it couldn't be written. */
int cedit_remember(cedit *edit, const char *line);

#endif
