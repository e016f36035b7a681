import { Failure } from '../../domain/errors.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { ChildCommand, ChildLimits } from '../../host/programs/child-process.ts';
import { createProgram } from '../../host/programs/program.ts';
import { parseInventory } from './parse.ts';

const LIMITS: ChildLimits = { timeoutMs: 10_000, killAfterMs: 500, capBytes: 1024 * 1024 };

/** Of what went wrong, so much is told. */
const REASON_LENGTH = 200;

/**
 * Reads the inventory of a child, which is fettle itself, within 10 s.
 *
 * Throws Failure `timeout` if it hangs, `unreadable` if it prints no inventory, `unreachable` if it cannot be started.
 */
export async function readInventoryOf(
  command: ChildCommand,
  signal?: AbortSignal,
  limits: ChildLimits = LIMITS,
): Promise<Inventory> {
  const run = createProgram(command.path, limits, command.env);
  const { exitCode, stdout, stderr } = await run(command.args, signal);
  const inventory = exitCode === 0 ? parseInventory(stdout) : undefined;
  if (inventory !== undefined) return inventory;
  const said = reasonIn(stderr).slice(0, REASON_LENGTH) || 'it printed no inventory';
  throw new Failure('unreadable', `taking the inventory ended with ${exitCode ?? 'a signal'}: ${said}`);
}

/** Of the trace of a child that fell over, the line that names the error. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? '').trim();
}
