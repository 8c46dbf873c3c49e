/* The memory of one VM: a pool of size classes for what is small, malloc for the rest, and the limit.
 *
 * Nearly all of Lua's blocks are small and short-lived: free lists per 16-byte class make an event 15 to 19 %
 * cheaper than malloc. Chunks go back to the system when the VM closes. Lua tells us the old size of each
 * block, so blocks carry no header. The pool itself is bounded by the limit too (reclaim.c). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED_MAX 0 /* each block comes from malloc, so that AddressSanitizer sees where it ends and dies */
#endif
#endif
#ifndef POOLED_MAX
#define POOLED_MAX (CLUA_CLASS_BYTES * (CLUA_POOL_CLASSES - 1))
#endif

/* From here on an allocation is work worth charging: functions that build long strings run few
 * instructions. */
#define CHARGED_BYTES 4096

/* What a full collection costs, in bytes allocated: marking and sweeping go by blocks, and a little by bytes
 * (measured: 60 to 80 ns for a block). */
#define COLLECTED_BLOCK_BYTES 128
#define COLLECTED_BYTES_SHARE 4

static size_t class_of(size_t size) { return (size + CLUA_CLASS_BYTES - 1) / CLUA_CLASS_BYTES; }

static void put_free(clua_pool *pool, void *block, size_t class) {
    clua_free_block *freed = block;
    freed->next = pool->free[class];
    pool->free[class] = freed;
}

static void *pool_take(clua_pool *pool, size_t size) {
    size_t class = class_of(size);
    clua_free_block *block = pool->free[class];
    if (block != NULL) {
        pool->free[class] = block->next;
        return block;
    }
    size_t bytes = class * CLUA_CLASS_BYTES;
    if (pool->fresh_bytes < bytes) {
        clua_chunk *chunk = malloc(CLUA_CHUNK_BYTES);
        if (chunk == NULL) return NULL;
        if (pool->fresh_bytes > 0) put_free(pool, pool->fresh, class_of(pool->fresh_bytes));
        chunk->next = pool->chunks;
        pool->chunks = chunk;
        pool->held += CLUA_CHUNK_BYTES;
        pool->fresh = (uint8_t *)chunk + CLUA_CHUNK_HEADER;
        pool->fresh_bytes = CLUA_CHUNK_BYTES - CLUA_CHUNK_HEADER;
    }
    void *taken = pool->fresh;
    pool->fresh += bytes;
    pool->fresh_bytes -= bytes;
    return taken;
}

static void *take(clua_pool *pool, size_t size) {
    return size <= POOLED_MAX ? pool_take(pool, size) : malloc(size);
}

static void give_back(clua_pool *pool, void *block, size_t size) {
    if (block == NULL) return;
    if (size > POOLED_MAX) {
        free(block);
        return;
    }
    put_free(pool, block, class_of(size));
}

static void *resize(clua_pool *pool, void *block, size_t old_size, size_t size) {
    if (block == NULL) return take(pool, size);
    if (old_size > POOLED_MAX && size > POOLED_MAX) return realloc(block, size);
    if (old_size <= POOLED_MAX && size <= POOLED_MAX && class_of(old_size) == class_of(size)) return block;
    void *moved = take(pool, size);
    if (moved == NULL) return size < old_size ? block : NULL; /* Lua counts on shrinking never to fail */
    memcpy(moved, block, old_size < size ? old_size : size);
    give_back(pool, block, old_size);
    return moved;
}

/* Whether a block of this size takes a chunk more than the pool may have. */
static int needs_too_many_chunks(clua_vm *vm, size_t size) {
    clua_pool *pool = &vm->pool;
    if (size > POOLED_MAX || pool->free[class_of(size)] != NULL || pool->fresh_bytes >= size) return 0;
    return pool->held + CLUA_CHUNK_BYTES > CLUA_POOL_LIMITS * vm->limits.memory_bytes;
}

static int is_beyond_limit(clua_vm *vm, size_t old_size, size_t size) {
    return vm->used + (size - old_size) > vm->limits.memory_bytes || needs_too_many_chunks(vm, size);
}

/* A first refusal: Lua collects all garbage now. */
static int refuse(clua_vm *vm, void *block, size_t size) {
    vm->refused_size = size;
    vm->refused_block = block;
    clua_look_soon(vm);
    clua_charge_bytes(vm, vm->blocks * COLLECTED_BLOCK_BYTES + vm->used / COLLECTED_BYTES_SHARE);
    return 0;
}

/* Whether a script may have this much more. Lua answers a first refusal with a full collection and asks again
 * for the very same: only the second refusal means that the limit is reached. Lua's buffers of text take the
 * first one for an answer: whatever is asked for or run next shows it. */
static int admit(clua_vm *vm, void *block, size_t old_size, size_t size) {
    int again = vm->refused_size == size && vm->refused_block == block;
    if (again && needs_too_many_chunks(vm, size)) clua_pool_reclaim(&vm->pool);
    int beyond = is_beyond_limit(vm, old_size, size);
    if (beyond && vm->refused_size == 0) return refuse(vm, block, size);
    if (beyond || (vm->refused_size != 0 && !again)) {
        clua_kill(vm, CLUA_MEMORY);
        return 0;
    }
    vm->refused_size = 0;
    if (size >= CHARGED_BYTES) clua_charge_bytes(vm, size - old_size);
    return 1;
}

void *clua_allocate(void *context, void *block, size_t old_size, size_t size) {
    clua_vm *vm = context;
    if (block == NULL) old_size = 0; /* then Lua passes the kind of object here */
    if (size == 0) {
        give_back(&vm->pool, block, old_size);
        vm->used -= old_size;
        vm->blocks -= block != NULL;
        return NULL;
    }
    if (vm->enforce && size > old_size && !admit(vm, block, old_size, size)) return NULL;
    void *result = resize(&vm->pool, block, old_size, size);
    if (result == NULL) return NULL;
    vm->used += size - old_size;
    vm->blocks += block == NULL;
    return result;
}

void clua_pool_free(clua_pool *pool) {
    while (pool->chunks != NULL) {
        clua_chunk *chunk = pool->chunks;
        pool->chunks = chunk->next;
        free(chunk);
    }
}
