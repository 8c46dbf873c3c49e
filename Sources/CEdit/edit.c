/* The line editor: libedit, with a Ctrl-C that drops the line instead of the process. While a line is edited
 * the terminal sends no signal for Ctrl-C, so the key comes here as any other; while a line runs it does. */
#include "CEdit.h"

#include <histedit.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define HISTORY_LINES 2000 /* some weeks of work; the file stays below a few hundred KB */

struct cedit {
    EditLine *editor;
    History *history;
    char *file;
    char *line;
    const char *prompt;
    cedit_complete complete;
    void *context;
    int interrupted;
};

static cedit *of(EditLine *editor) {
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    return data;
}

static char *show_prompt(EditLine *editor) {
    /* libedit only reads it. */
    return (char *)of(editor)->prompt;
}

static unsigned char on_interrupt(EditLine *editor, int key) {
    (void)key;
    of(editor)->interrupted = 1;
    return CC_EOF;
}

static void show_list(const char *list) {
    fputs("\n", stdout);
    fputs(list, stdout);
    fputs("\n", stdout);
    fflush(stdout);
}

static unsigned char on_tab(EditLine *editor, int key) {
    (void)key;
    cedit *edit = of(editor);
    const LineInfo *info = el_line(editor);
    size_t length = (size_t)(info->cursor - info->buffer);
    char *before = malloc(length + 1);
    if (before == NULL) return CC_ERROR;
    memcpy(before, info->buffer, length);
    before[length] = 0;
    char *found = edit->complete(edit->context, before);
    free(before);
    if (found == NULL) return CC_ERROR;
    char *list = strchr(found, '\n');
    if (list != NULL) *list++ = 0;
    if (*found != 0 && el_insertstr(editor, found) == -1) list = NULL;
    if (list != NULL) show_list(list);
    free(found);
    return list != NULL ? CC_REDISPLAY : CC_REFRESH;
}

static void bind_keys(EditLine *editor) {
    el_set(editor, EL_ADDFN, "cedit-interrupt", "Drops the line", on_interrupt);
    el_set(editor, EL_ADDFN, "cedit-complete", "Completes a name", on_tab);
    el_set(editor, EL_BIND, "^C", "cedit-interrupt", NULL);
    el_set(editor, EL_BIND, "^I", "cedit-complete", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
}

static int open_history(cedit *edit, const char *file) {
    HistEvent event;
    edit->history = history_init();
    edit->file = strdup(file);
    if (edit->history == NULL || edit->file == NULL) return 0;
    history(edit->history, &event, H_SETSIZE, HISTORY_LINES);
    history(edit->history, &event, H_SETUNIQUE, 1);
    history(edit->history, &event, H_LOAD, file);
    el_set(edit->editor, EL_HIST, history, edit->history);
    return 1;
}

cedit *cedit_open(const char *program, const char *file, cedit_complete complete, void *context) {
    /* Letters beyond ASCII have their width only under a locale of UTF-8. */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
    cedit *edit = calloc(1, sizeof *edit);
    if (edit == NULL) return NULL;
    edit->complete = complete;
    edit->context = context;
    edit->prompt = "";
    edit->editor = el_init(program, stdin, stdout, stderr);
    if (edit->editor == NULL || !open_history(edit, file)) {
        cedit_close(edit);
        return NULL;
    }
    el_set(edit->editor, EL_CLIENTDATA, edit);
    el_set(edit->editor, EL_EDITOR, "emacs");
    el_set(edit->editor, EL_PROMPT, show_prompt);
    el_set(edit->editor, EL_SIGNAL, 1); /* follows the window's size, and leaves the terminal as it was */
    bind_keys(edit->editor);
    return edit;
}

void cedit_close(cedit *edit) {
    if (edit->history != NULL) history_end(edit->history);
    if (edit->editor != NULL) el_end(edit->editor);
    free(edit->file);
    free(edit->line);
    free(edit);
}

int cedit_read(cedit *edit, const char *prompt, const char **line) {
    edit->prompt = prompt;
    edit->interrupted = 0;
    int length = 0;
    const char *text = el_gets(edit->editor, &length);
    if (edit->interrupted) {
        el_reset(edit->editor);
        return CEDIT_INTERRUPTED;
    }
    if (text == NULL || length <= 0) return CEDIT_END;
    free(edit->line);
    if (text[length - 1] == '\n') length--;
    edit->line = strndup(text, (size_t)length);
    if (edit->line == NULL) return CEDIT_END;
    *line = edit->line;
    return CEDIT_LINE;
}

int cedit_remember(cedit *edit, const char *line) {
    HistEvent event;
    history(edit->history, &event, H_ENTER, line);
    if (history(edit->history, &event, H_SAVE, edit->file) == -1) return 0;
    /* What was typed may name customers. */
    return chmod(edit->file, S_IRUSR | S_IWUSR) == 0;
}
