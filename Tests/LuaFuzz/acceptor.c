/* The grammar of RFC 8259, one function for each of its rules. */
#include "acceptor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

typedef struct text {
    const uint8_t *bytes;
    size_t length, place;
} text;

static int value(text *t, int depth);

/* The byte here, or -1 at the end. */
static int here(const text *t) { return t->place < t->length ? t->bytes[t->place] : -1; }

static int take(text *t, int byte) {
    if (here(t) != byte) return 0;
    t->place++;
    return 1;
}

static int take_range(text *t, int low, int high) {
    int c = here(t);
    if (c < low || c > high) return 0;
    t->place++;
    return 1;
}

static int take_word(text *t, const char *word) {
    for (; *word != 0; word++)
        if (!take(t, *word)) return 0;
    return 1;
}

/* ws, section 2 */
static void white_space(text *t) {
    while (take(t, 0x20) || take(t, 0x09) || take(t, 0x0A) || take(t, 0x0D)) {
    }
}

static int hex_digits(text *t, unsigned *code) {
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int c = here(t);
        if (!take_range(t, '0', '9') && !take_range(t, 'a', 'f') && !take_range(t, 'A', 'F')) return 0;
        *code = *code * 16 + (unsigned)(c <= '9' ? c - '0' : c <= 'F' ? c - 'A' + 10 : c - 'a' + 10);
    }
    return 1;
}

/* Behind the backslash; section 7, and a pair of surrogates where there is one. */
static int escape(text *t) {
    int c = here(t);
    if (c > 0 && strchr("\"\\/bfnrt", c) != NULL) return take(t, c);
    unsigned code, low;
    if (!take(t, 'u') || !hex_digits(t, &code)) return 0;
    if (code < 0xD800 || code > 0xDFFF) return 1;
    if (code >= 0xDC00) return 0;
    if (!take(t, '\\') || !take(t, 'u') || !hex_digits(t, &low)) return 0;
    return low >= 0xDC00 && low <= 0xDFFF;
}

/* UTF8-char of RFC 3629, section 4 */
static int utf8_character(text *t) {
    if (take_range(t, 0x20, 0x7F)) return 1;
    if (take_range(t, 0xC2, 0xDF)) return take_range(t, 0x80, 0xBF);
    if (take(t, 0xE0)) return take_range(t, 0xA0, 0xBF) && take_range(t, 0x80, 0xBF);
    if (take(t, 0xED)) return take_range(t, 0x80, 0x9F) && take_range(t, 0x80, 0xBF);
    if (take_range(t, 0xE1, 0xEF)) return take_range(t, 0x80, 0xBF) && take_range(t, 0x80, 0xBF);
    int leads = here(t) == 0xF0 ? 0x90 : 0x80, ends = here(t) == 0xF4 ? 0x8F : 0xBF;
    if (!take_range(t, 0xF0, 0xF4) || !take_range(t, leads, ends)) return 0;
    return take_range(t, 0x80, 0xBF) && take_range(t, 0x80, 0xBF);
}

static int string(text *t) {
    if (!take(t, '"')) return 0;
    while (!take(t, '"')) {
        int good = take(t, '\\') ? escape(t) : utf8_character(t);
        if (!good) return 0;
    }
    return 1;
}

static size_t digits(text *t) {
    size_t first = t->place;
    while (take_range(t, '0', '9')) {
    }
    return t->place - first;
}

/* Whether digits without leading zeros are at most a limit of 19 digits. */
static int within(const uint8_t *number, size_t count, const char *limit) {
    return count < 19 || (count == 19 && memcmp(number, limit, 19) <= 0);
}

static int in_range_of_doubles(const uint8_t *number, size_t count) {
    char *copy = malloc(count + 1);
    memcpy(copy, number, count);
    copy[count] = 0;
    int fits = isfinite(strtod(copy, NULL));
    free(copy);
    return fits;
}

/* section 6 */
static int number(text *t) {
    size_t start = t->place;
    int is_negative = take(t, '-'), is_float = 0;
    size_t first = t->place;
    if (!take(t, '0') && digits(t) == 0) return 0;
    size_t whole = t->place - first;
    if (take(t, '.')) {
        is_float = 1;
        if (digits(t) == 0) return 0;
    }
    if (take(t, 'e') || take(t, 'E')) {
        is_float = 1;
        if (!take(t, '+')) take(t, '-');
        if (digits(t) == 0) return 0;
    }
    if (is_float) return in_range_of_doubles(t->bytes + start, t->place - start);
    return within(t->bytes + first, whole, is_negative ? "9223372036854775808" : "9223372036854775807");
}

static int member(text *t, int depth) {
    white_space(t);
    if (!string(t)) return 0;
    white_space(t);
    return take(t, ':') && value(t, depth);
}

/* sections 4 and 5 */
static int sequence(text *t, int close, int (*item)(text *, int), int depth) {
    if (depth > DEPTH_MAX) return 0;
    white_space(t);
    if (take(t, close)) return 1;
    do {
        if (!item(t, depth)) return 0;
    } while (take(t, ','));
    return take(t, close);
}

/* A value with the white space around it. */
static int value(text *t, int depth) {
    white_space(t);
    int good;
    switch (here(t)) {
    case '{': good = take(t, '{') && sequence(t, '}', member, depth + 1); break;
    case '[': good = take(t, '[') && sequence(t, ']', value, depth + 1); break;
    case '"': good = string(t); break;
    case 't': good = take_word(t, "true"); break;
    case 'f': good = take_word(t, "false"); break;
    case 'n': good = take_word(t, "null"); break;
    default: good = number(t);
    }
    white_space(t);
    return good;
}

int accepts_json(const uint8_t *bytes, size_t length) {
    text t = {bytes, length, 0};
    return value(&t, 0) && t.place == length;
}
