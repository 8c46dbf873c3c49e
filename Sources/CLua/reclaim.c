/* Gives chunks of the pool back to the system that hold nothing any more.
 *
 * A block that is freed stays in the list of its size, so a script that fills its memory with one size after
 * the other would make the pool hold many times its limit. The allocator comes here when the pool has grown
 * to CLUA_POOL_LIMITS times the limit and no block fits: rarely, so it may be slow. */
#include "internal.h"

#include <stdlib.h>

typedef struct chunk_list {
    clua_chunk **chunks; /* by address */
    size_t count;
} chunk_list;

static int by_address(const void *left, const void *right) {
    const clua_chunk *a = *(clua_chunk *const *)left, *b = *(clua_chunk *const *)right;
    return a < b ? -1 : a > b;
}

/* False when there is no memory for the list. */
static int list_chunks(clua_pool *pool, chunk_list *list) {
    list->count = pool->held / CLUA_CHUNK_BYTES;
    list->chunks = malloc(list->count * sizeof *list->chunks);
    if (list->chunks == NULL) return 0;
    size_t place = 0;
    for (clua_chunk *chunk = pool->chunks; chunk != NULL; chunk = chunk->next) {
        chunk->free_bytes = 0;
        list->chunks[place++] = chunk;
    }
    qsort(list->chunks, list->count, sizeof *list->chunks, by_address);
    return 1;
}

/* The chunk that a block lies in: the last one that begins before it. */
static clua_chunk *chunk_of(const chunk_list *list, const void *block) {
    size_t low = 0, high = list->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if ((const void *)list->chunks[middle] <= block) low = middle;
        else high = middle;
    }
    return list->chunks[low];
}

/* The newest chunk is never empty: its rest is in no list. */
static int is_empty(const clua_chunk *chunk) {
    return chunk->free_bytes == CLUA_CHUNK_BYTES - CLUA_CHUNK_HEADER;
}

static void count_free_bytes(clua_pool *pool, const chunk_list *list) {
    for (size_t class = 1; class < CLUA_POOL_CLASSES; class++)
        for (clua_free_block *block = pool->free[class]; block != NULL; block = block->next)
            chunk_of(list, block)->free_bytes += class * CLUA_CLASS_BYTES;
}

static void unlist_blocks_of_empty(clua_pool *pool, const chunk_list *list) {
    for (size_t class = 1; class < CLUA_POOL_CLASSES; class++) {
        clua_free_block **place = &pool->free[class];
        while (*place != NULL) {
            if (is_empty(chunk_of(list, *place))) *place = (*place)->next;
            else place = &(*place)->next;
        }
    }
}

void clua_pool_reclaim(clua_pool *pool) {
    chunk_list list;
    if (!list_chunks(pool, &list)) return;
    count_free_bytes(pool, &list);
    unlist_blocks_of_empty(pool, &list);
    free(list.chunks);
    clua_chunk **place = &pool->chunks;
    while (*place != NULL) {
        clua_chunk *chunk = *place;
        if (is_empty(chunk)) {
            *place = chunk->next;
            pool->held -= CLUA_CHUNK_BYTES;
            free(chunk);
        } else {
            place = &chunk->next;
        }
    }
}
