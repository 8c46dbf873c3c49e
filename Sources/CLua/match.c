/* Lua patterns, as the manual (section 6.4.1) describes them, in a matcher that pays for each step: a pattern
 * that backtracks without end runs into the budget, where the stock one would hang the host. Depth is bounded
 * too, so the C stack is safe. */
#include "internal.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 200 /* nested tries; the same bound as in stock Lua */
#define ESCAPE '%'
#define OPEN (-1)     /* length of a capture that isn't closed yet */
#define POSITION (-2) /* length of a position capture */

static const char *match(clua_match *m, const char *s, const char *p);

/* Bytes of a set, or of a text compared, that cost as much as one step. */
#define SET_BYTES_PER_STEP 16
#define TEXT_BYTES_PER_STEP 64

void clua_match_pay(clua_match *m, size_t steps) {
    m->steps += steps;
    if (m->steps < CLUA_HOOK_INTERVAL) return;
    steps = m->steps;
    m->steps = 0;
    clua_charge(m->L, steps);
}

static void step(clua_match *m) { clua_match_pay(m, 1); }

static int in_class(int c, int class) {
    int found;
    switch (tolower(class)) {
    case 'a': found = isalpha(c); break;
    case 'c': found = iscntrl(c); break;
    case 'd': found = isdigit(c); break;
    case 'g': found = isgraph(c); break;
    case 'l': found = islower(c); break;
    case 'p': found = ispunct(c); break;
    case 's': found = isspace(c); break;
    case 'u': found = isupper(c); break;
    case 'w': found = isalnum(c); break;
    case 'x': found = isxdigit(c); break;
    default: return class == c; /* an escaped character that is no class stands for itself */
    }
    return isupper(class) ? !found : found != 0;
}

/* Where the set that starts at p ends: behind its ']'. A ']' right at the start is one of its members. */
static const char *set_end(clua_match *m, const char *p) {
    const char *start = p++;
    if (p < m->pattern_end && *p == '^') p++;
    do {
        if (p >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == ESCAPE && p < m->pattern_end) p++;
    } while (p >= m->pattern_end || *p != ']');
    clua_match_pay(m, (size_t)(p - start) / SET_BYTES_PER_STEP);
    return p + 1;
}

/* Where the single item at p ends, before its repetition sign. */
static const char *item_end(clua_match *m, const char *p) {
    if (*p == '[') return set_end(m, p);
    if (*p != ESCAPE) return p + 1;
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 2;
}

/* p at '[', last at its ']'. */
static int in_set(int c, const char *p, const char *last) {
    int wanted = 1;
    if (p[1] == '^') {
        wanted = 0;
        p++;
    }
    while (++p < last) {
        if (*p == ESCAPE) {
            p++;
            if (in_class(c, (unsigned char)*p)) return wanted;
        } else if (p[1] == '-' && p + 2 < last) {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static int single(clua_match *m, const char *s, const char *p, const char *end) {
    step(m);
    if (s >= m->source_end) return 0;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.': return 1;
    case ESCAPE: return in_class(c, (unsigned char)p[1]);
    case '[':
        clua_match_pay(m, (size_t)(end - p) / SET_BYTES_PER_STEP);
        return in_set(c, p, end - 1);
    default: return (unsigned char)*p == c;
    }
}

static const char *match_balanced(clua_match *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->source_end || *s != *p) return NULL;
    int open = 1;
    while (++s < m->source_end) {
        step(m);
        if (*s == p[1]) {
            if (--open == 0) return s + 1;
        } else if (*s == p[0]) {
            open++;
        }
    }
    return NULL;
}

static int at_frontier(clua_match *m, const char *s, const char *set, const char *end) {
    int before = s == m->source ? 0 : (unsigned char)s[-1];
    int here = s == m->source_end ? 0 : (unsigned char)*s;
    clua_match_pay(m, 2 * (size_t)(end - set) / SET_BYTES_PER_STEP);
    return !in_set(before, set, end - 1) && in_set(here, set, end - 1);
}

static const char *match_capture_again(clua_match *m, const char *s, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->captures || m->capture[index].length == OPEN)
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    size_t length = (size_t)m->capture[index].length;
    if ((size_t)(m->source_end - s) < length) return NULL; /* so is a position capture: it is no text */
    clua_match_pay(m, length / TEXT_BYTES_PER_STEP);
    if (memcmp(m->capture[index].start, s, length) != 0) return NULL;
    return s + length;
}

static const char *open_capture(clua_match *m, const char *s, const char *p, ptrdiff_t length) {
    if (m->captures >= CLUA_CAPTURES_MAX) luaL_error(m->L, "too many captures");
    m->capture[m->captures].start = s;
    m->capture[m->captures].length = length;
    m->captures++;
    const char *end = match(m, s, p);
    if (end == NULL) m->captures--;
    return end;
}

static const char *close_capture(clua_match *m, const char *s, const char *p) {
    int index = m->captures - 1;
    while (index >= 0 && m->capture[index].length != OPEN) index--;
    if (index < 0) luaL_error(m->L, "invalid pattern capture");
    m->capture[index].length = s - m->capture[index].start;
    const char *end = match(m, s, p);
    if (end == NULL) m->capture[index].length = OPEN;
    return end;
}

/* As many as possible, then fewer; `least` is 0 for '*', 1 for '+'. */
static const char *match_longest(clua_match *m, const char *s, const char *p, const char *end, int least) {
    ptrdiff_t count = 0;
    while (single(m, s + count, p, end)) count++;
    for (; count >= least; count--) {
        step(m);
        const char *found = match(m, s + count, end + 1);
        if (found != NULL) return found;
    }
    return NULL;
}

/* As few as possible, then more. */
static const char *match_shortest(clua_match *m, const char *s, const char *p, const char *end) {
    for (;;) {
        const char *found = match(m, s, end + 1);
        if (found != NULL) return found;
        if (!single(m, s, p, end)) return NULL;
        s++;
    }
}

/* The special items that begin with '%'. True when p was one: then *s is NULL or where to go on, and *p
 * behind the item. */
static int match_special(clua_match *m, const char **s, const char **p) {
    int letter = *p + 1 < m->pattern_end ? (unsigned char)(*p)[1] : 0;
    if (letter == 'b') {
        *s = match_balanced(m, *s, *p + 2);
        *p += 4;
    } else if (letter == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        const char *end = set_end(m, set);
        if (!at_frontier(m, *s, set, end)) *s = NULL;
        *p = end;
    } else if (letter >= '0' && letter <= '9') {
        *s = match_capture_again(m, *s, letter);
        *p += 2;
    } else {
        return 0;
    }
    return 1;
}

/* One turn at p: an item with its repetition. True when the match goes on after it (*s, *p moved), else *s is
 * the answer. */
static int match_item(clua_match *m, const char **s, const char **p) {
    const char *item = *p, *end = item_end(m, item);
    char sign = end < m->pattern_end ? *end : 0;
    switch (sign) {
    case '?': {
        const char *found = single(m, *s, item, end) ? match(m, *s + 1, end + 1) : NULL;
        if (found != NULL) {
            *s = found;
            return 0;
        }
        *p = end + 1;
        return 1;
    }
    case '*':
    case '+': *s = match_longest(m, *s, item, end, sign == '+'); return 0;
    case '-': *s = match_shortest(m, *s, item, end); return 0;
    default:
        *p = end;
        *s = single(m, *s, item, end) ? *s + 1 : NULL;
        return *s != NULL;
    }
}

static const char *match(clua_match *m, const char *s, const char *p) {
    if (++m->depth > DEPTH_MAX) luaL_error(m->L, "pattern too complex");
    int more = 1;
    while (more && s != NULL && p < m->pattern_end) {
        step(m);
        if (*p == '(') {
            int position = p + 1 < m->pattern_end && p[1] == ')';
            s = position ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, OPEN);
            more = 0;
        } else if (*p == ')') {
            s = close_capture(m, s, p + 1);
            more = 0;
        } else if (*p == '$' && p + 1 == m->pattern_end) {
            if (s != m->source_end) s = NULL;
            more = 0;
        } else if (*p != ESCAPE || !match_special(m, &s, &p)) {
            more = match_item(m, &s, &p);
        }
    }
    m->depth--;
    return s;
}

/* Matches the pattern from p on at s; the end of the match, or NULL. */
const char *clua_match_at(clua_match *m, const char *s, const char *p) {
    m->captures = 0;
    m->depth = 0;
    return match(m, s, p);
}

/* Pushes capture `index` (from 0) of the match s...e; a pattern without captures has the whole match as its
 * first. */
void clua_match_push_capture(clua_match *m, int index, const char *s, const char *e) {
    if (index >= m->captures) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
        return;
    }
    ptrdiff_t length = m->capture[index].length;
    if (length == OPEN) luaL_error(m->L, "unfinished capture");
    if (length == POSITION) lua_pushinteger(m->L, m->capture[index].start - m->source + 1);
    else lua_pushlstring(m->L, m->capture[index].start, (size_t)length);
}

/* Pushes all captures; without any, the whole match if `whole_if_none`. Returns how many. */
int clua_match_push_captures(clua_match *m, const char *s, const char *e, int whole_if_none) {
    int count = m->captures == 0 && whole_if_none ? 1 : m->captures;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) clua_match_push_capture(m, i, s, e);
    return count;
}
