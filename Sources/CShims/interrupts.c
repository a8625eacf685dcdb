#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "CShims.h"

static atomic_int interrupted;
static struct sigaction before;

static void note(int number) {
  (void)number;
  atomic_store(&interrupted, 1);
}

void atmos_interrupts_begin(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  atomic_store(&interrupted, 0);
  sigaction(SIGINT, &action, &before);
}

int atmos_interrupts_take(void) { return atomic_exchange(&interrupted, 0); }

void atmos_interrupts_end(void) { sigaction(SIGINT, &before, NULL); }
