// HMAC with SHA-256, for the moments in which an answer is due within milliseconds.
//
// The first hash that swift-crypto makes in a process costs half a millisecond and more in a large
// binary, since generic types are looked up by name among all conformances. This one costs
// microseconds. Everything that has time uses swift-crypto; a test compares the two.
#ifndef ATMOS_SHA256_H
#define ATMOS_SHA256_H

#include <stddef.h>
#include <stdint.h>

/// Writes the 32 bytes of HMAC-SHA256 to `code`. Source: RFC 2104, FIPS 180-4.
void atmos_hmac_sha256(
    const void *_Nullable key, size_t key_count, const void *_Nullable message,
    size_t message_count, uint8_t *_Nonnull code);

#endif
