import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before V8 looks whether to optimise it; 132 kB in V8 11. */
const INTERRUPT_BUDGET = 500_000;

/** By then the first pages have been made. */
const STARTED_MS = 10_000;

/**
 * Has V8 start fettle with little ado, and then live on little memory.
 *
 * While it starts, systemd has to answer ten thousand questions, and optimising code that has run a hundred times
 * would take the second processor from it. Flags that some version of V8 does not know change nothing.
 */
export function tuneEngine(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
  setTimeout(() => setFlagsFromString('--optimize-for-size'), STARTED_MS).unref();
}
