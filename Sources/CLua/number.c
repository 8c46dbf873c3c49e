/* Numbers as canonical text: integers exact; floats the shortest text that reads back the same, always with a
 * point or an exponent, so that Lua's two kinds of number survive. The host never calls setlocale, so the
 * point is a point. */
#include "internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t clua_format_integer(int64_t value, char *out) {
    char digits[20];
    size_t count = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    char *p = out;
    if (value < 0) *p++ = '-';
    while (count > 0) *p++ = digits[--count];
    return (size_t)(p - out);
}

/* A value that is a whole number of 10^-places with at most 15 digits: then the division below is the
 * correctly rounded reading of its decimal text (both operands are exact), and 15 digits are always shortest.
 * 0 when it isn't one. */
static size_t format_short_decimal(double magnitude, char *out) {
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    for (int places = 0; places <= 6; places++) {
        double scaled = nearbyint(magnitude * power[places]);
        if (scaled >= 1e15) return 0;
        if (scaled / power[places] != magnitude) continue;
        uint64_t units = (uint64_t)power[places];
        uint64_t whole = (uint64_t)scaled / units, part = (uint64_t)scaled % units;
        size_t length = clua_format_integer((int64_t)whole, out);
        out[length++] = '.';
        int shown = places == 0 ? 1 : places;
        for (int i = shown - 1; i >= 0; i--) {
            out[length + (size_t)i] = (char)('0' + part % 10);
            part /= 10;
        }
        return length + (size_t)shown;
    }
    return 0;
}

size_t clua_format_float(double value, char *out) {
    size_t sign = 0;
    double magnitude = fabs(value);
    if (signbit(value)) out[sign++] = '-';
    if (magnitude < 1e15 && (magnitude >= 1e-4 || magnitude == 0)) {
        size_t length = format_short_decimal(magnitude, out + sign);
        if (length > 0) return sign + length;
    }
    char *text = out + sign;
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(text, CLUA_NUMBER_TEXT - sign, "%.*g", digits, magnitude);
        if (strtod(text, NULL) == magnitude) break;
    }
    if (strpbrk(text, ".e") == NULL) {
        memcpy(text + length, ".0", 2);
        length += 2;
    }
    return sign + (size_t)length;
}
