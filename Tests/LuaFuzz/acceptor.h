/* Whether a text is JSON as Perilune has it: RFC 8259, nested no deeper than 64, UTF-8 without lone
 * surrogates, integers of 64 bits, floats that a double can hold. Written to be read against the grammar of
 * the RFC, byte by byte, and not to be fast: it is what the decoder is compared with. */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <stddef.h>
#include <stdint.h>

int accepts_json(const uint8_t *text, size_t length);

#endif
