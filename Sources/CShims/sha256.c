#include <string.h>
#include "CShims.h"

enum { BLOCK = 64, DIGEST = 32 };

struct state {
  uint32_t words[8];
  uint8_t block[BLOCK];
  uint64_t count;
};

static const uint32_t CONSTANTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static void compress(struct state *state) {
  uint32_t schedule[64];
  for (int i = 0; i < 16; i++) {
    const uint8_t *bytes = state->block + 4 * i;
    schedule[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                  (uint32_t)bytes[3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t early = schedule[i - 15], late = schedule[i - 2];
    schedule[i] = schedule[i - 16] + schedule[i - 7] +
                  (rotated(early, 7) ^ rotated(early, 18) ^ early >> 3) +
                  (rotated(late, 17) ^ rotated(late, 19) ^ late >> 10);
  }
  uint32_t a = state->words[0], b = state->words[1], c = state->words[2], d = state->words[3];
  uint32_t e = state->words[4], f = state->words[5], g = state->words[6], h = state->words[7];
  for (int i = 0; i < 64; i++) {
    uint32_t first = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) +
                     ((e & f) ^ (~e & g)) + CONSTANTS[i] + schedule[i];
    uint32_t second =
        (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  const uint32_t results[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) state->words[i] += results[i];
  atmos_wipe(schedule, sizeof schedule);
}

static void begin(struct state *state) {
  static const uint32_t start[8] = {
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
      0x5be0cd19,
  };
  memcpy(state->words, start, sizeof start);
  state->count = 0;
}

static void add(struct state *state, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    state->block[state->count++ % BLOCK] = ((const uint8_t *)bytes)[i];
    if (state->count % BLOCK == 0) compress(state);
  }
}

static void finish(struct state *state, uint8_t *digest) {
  uint64_t bits = state->count * 8;
  add(state, "\x80", 1);
  while (state->count % BLOCK != BLOCK - 8) add(state, "", 1);
  for (int i = 7; i >= 0; i--) add(state, &(uint8_t){(uint8_t)(bits >> 8 * i)}, 1);
  for (int i = 0; i < DIGEST; i++) {
    digest[i] = (uint8_t)(state->words[i / 4] >> (24 - 8 * (i % 4)));
  }
  atmos_wipe(state, sizeof *state);
}

void atmos_hmac_sha256(
    const void *key, size_t key_count, const void *message, size_t message_count, uint8_t *code) {
  struct state state;
  uint8_t block[BLOCK] = {0};
  if (key_count > BLOCK) {
    begin(&state);
    add(&state, key, key_count);
    finish(&state, block);
  } else if (key_count > 0) {
    memcpy(block, key, key_count);
  }
  for (int i = 0; i < BLOCK; i++) block[i] ^= 0x36;
  begin(&state);
  add(&state, block, BLOCK);
  add(&state, message, message_count);
  finish(&state, code);
  for (int i = 0; i < BLOCK; i++) block[i] ^= 0x36 ^ 0x5c;
  begin(&state);
  add(&state, block, BLOCK);
  add(&state, code, DIGEST);
  finish(&state, code);
  atmos_wipe(block, sizeof block);
}
