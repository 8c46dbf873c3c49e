/* A target for libFuzzer, built and run by scripts/fuzz: any bytes as JSON into a VM, and out again.
 *
 * It holds that the decoder accepts what the grammar accepts and nothing else; that what comes out is JSON;
 * and that it comes out unchanged when it goes in again. The sanitizers watch the rest. */
#include "CLua.h"
#include "acceptor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VM_LIFE 5000 /* inputs: then it closes, so that a leak shows */
#define HEAD 5       /* tag and length of a packed text */

static clua_vm *vm;
static int32_t encode;
static int inputs;

static int32_t no_host(void *context, int32_t function, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)arguments, (void)length;
    return CLUA_HOST_ERROR;
}

static void fail(const char *what, const uint8_t *text, size_t length) {
    fprintf(stderr, "json_fuzz: %s: ", what);
    if (length > 0) fwrite(text, 1, length, stderr);
    fputc('\n', stderr);
    abort();
}

static void open_vm(void) {
    static const char source[] =
        "local host = ... return { encode = function(v) return host.json.encode(v) end }";
    clua_limits limits = {UINT64_MAX, UINT64_MAX, 1u << 30, UINT64_MAX, UINT32_MAX};
    vm = clua_new((uint32_t)inputs, limits, no_host, NULL);
    const uint8_t *chunk = (const uint8_t *)source;
    if (vm == NULL || clua_load_privileged(vm, chunk, sizeof source - 1, "fuzz.lua") != CLUA_OK)
        fail("there is no VM", NULL, 0);
    size_t length;
    const uint8_t *results = clua_results(vm, &length);
    uint32_t name;
    memcpy(&name, results + 1, sizeof name);
    memcpy(&encode, results + HEAD + name + 1, sizeof encode); /* the low half of the integer */
}

/* Decodes and encodes; the status of the call. `*out` is valid until the next one. */
static int32_t mirror(const uint8_t *text, size_t length, const uint8_t **out, size_t *out_length) {
    /* No byte too long, so that a read behind the end is seen. */
    uint8_t *packed = malloc(HEAD + length);
    uint32_t count = (uint32_t)length;
    packed[0] = CLUA_TAG_JSON;
    memcpy(packed + 1, &count, sizeof count);
    if (length > 0) memcpy(packed + HEAD, text, length);
    int32_t status = clua_call(vm, encode, packed, HEAD + length);
    free(packed);
    const uint8_t *results = clua_results(vm, out_length);
    if (status == CLUA_OK) {
        *out = results + HEAD;
        *out_length -= HEAD;
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t length) {
    if (vm != NULL && inputs % VM_LIFE == 0) {
        clua_close(vm);
        vm = NULL;
    }
    if (vm == NULL) open_vm();
    inputs++;
    const uint8_t *out;
    size_t out_length;
    int32_t status = mirror(text, length, &out, &out_length);
    if (!accepts_json(text, length)) {
        if (status != CLUA_CONVERSION) fail("it isn't JSON, and wasn't refused as such", text, length);
        return 0;
    }
    if (status != CLUA_OK) fail("JSON was refused", text, length);
    if (!accepts_json(out, out_length)) fail("what came out isn't JSON", out, out_length);
    uint8_t *once = malloc(out_length + 1);
    memcpy(once, out, out_length);
    size_t once_length = out_length;
    if (mirror(once, once_length, &out, &out_length) != CLUA_OK)
        fail("what came out is refused", once, once_length);
    if (out_length != once_length || memcmp(out, once, out_length) != 0)
        fail("it changed again", once, once_length);
    free(once);
    return 0;
}
