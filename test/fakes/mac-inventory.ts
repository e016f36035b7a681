import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChildCommand } from '../../src/host/programs/child-process.ts';

/** What a Mac has printed; test/captures/macos/README.md says what there is. */
export function macCapture(name: 'macbook-m2' | 'imac-intel'): string {
  return readFileSync(macCapturePath(name), 'utf8');
}

function macCapturePath(name: string): string {
  return fileURLToPath(new URL(`../captures/macos/${name}.json`, import.meta.url));
}

/** A child that runs a line of shell in the place of fettle. */
export function shellChild(line: string): ChildCommand {
  return { path: '/bin/sh', args: ['-c', line], env: { PATH: process.env['PATH'] } };
}

/** A child that prints a capture. */
export function macChild(name: 'macbook-m2' | 'imac-intel'): ChildCommand {
  return { path: '/bin/cat', args: [macCapturePath(name)], env: {} };
}
