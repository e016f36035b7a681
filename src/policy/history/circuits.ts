import type { Circuit } from '../past.ts';

/** Which policies have given which units up. */
export class Circuits {
  readonly #open = new Map<string, Circuit>();

  /** A ladder came to its end in vain; a try of an open circuit that did so opens it anew. */
  open(policy: string, unit: string, openedAt: number, holdSeconds: number): void {
    this.#open.set(keyOf(policy, unit), { openedAt, tryAt: openedAt + holdSeconds });
  }

  /** If it is open and a try was allowed, it is open for as long again. */
  openAgain(policy: string, unit: string, at: number): void {
    const circuit = this.of(policy, unit);
    if (circuit !== undefined && circuit.tryAt <= at) {
      this.open(policy, unit, at, circuit.tryAt - circuit.openedAt);
    }
  }

  close(policy: string, unit: string): void {
    this.#open.delete(keyOf(policy, unit));
  }

  of(policy: string, unit: string): Circuit | undefined {
    return this.#open.get(keyOf(policy, unit));
  }
}

/** Neither name has a newline. */
function keyOf(policy: string, unit: string): string {
  return `${policy}\n${unit}`;
}
