import type { ChildCommand } from './child-process.ts';

/** Fettle itself, to be run once more as a child that prints the inventory of this machine and ends. */
export function inventoryProgram(): ChildCommand {
  // A debugger's port can be had once.
  const engine = process.execArgv.filter((word) => !word.startsWith('--inspect'));
  return {
    path: process.execPath,
    args: [...engine, process.argv[1] ?? '', 'doctor', '--inventory', '--json'],
    env: { ...process.env, LC_ALL: 'C' },
  };
}
