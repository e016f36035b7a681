import { createRequire } from 'node:module';
import { dirname, isAbsolute } from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import type { NvidiaBackend } from './backend.ts';
import { treeOfPackage } from './package-tree.ts';
import { type NvidiaSmiReading, readingOfTree } from './parse.ts';
import type { SmiCommand } from './smi-backend.ts';

/**
 * Runs the package, and prints what it gives as JSON, less the clocks that a card supports.
 *
 * In a process of its own, because the package knows no limit of time and cannot be called off, and since its
 * parsing blocks whoever calls it.
 */
const PROGRAM = `
  const clocks = (name, value) => (name === 'supported_clocks' ? undefined : value);
  require(process.argv[1])((error, data) => {
    const code = error && typeof error.code === 'number' ? error.code : undefined;
    const message = error ? String(error.message || error) : undefined;
    process.stdout.write(JSON.stringify({ code, message, data }, clocks));
  });
`;

/** What PROGRAM prints. */
interface Answer {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: unknown;
}

/** Runs the npm package node-nvidia-smi, which takes nvidia-smi from PATH. */
export function createPackageBackend({ path, env }: SmiCommand): NvidiaBackend {
  return {
    name: 'node-nvidia-smi',
    command: {
      path: process.execPath,
      args: ['--eval', PROGRAM, '--', packagePath()],
      env: { ...env, LC_ALL: 'C', PATH: pathWith(path, env['PATH'] ?? '') },
    },
    createOutput(onReading) {
      const parts: string[] = [];
      let answer: Answer = {};
      return {
        write(text) {
          parts.push(text);
        },
        end() {
          if (parts.length === 0) return;
          answer = parseAnswer(parts.join(''));
          onReading(readingOf(answer));
        },
        rest: () => (typeof answer.message === 'string' ? answer.message : ''),
        innerExitCode: () => (typeof answer.code === 'number' ? answer.code : undefined),
      };
    },
  };
}

/** Where the package is installed; throws if it is not. */
function packagePath(): string {
  return createRequire(import.meta.url).resolve('node-nvidia-smi');
}

/** The folder of a program that is given with its folder comes first. */
function pathWith(program: string, path: string): string {
  return isAbsolute(program) ? `${dirname(program)}:${path}` : path;
}

function parseAnswer(text: string): Answer {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch (thrown) {
    return { message: messageOf(thrown) };
  }
}

function readingOf({ message, data }: Answer): NvidiaSmiReading | Error {
  if (typeof message === 'string') return new Error(message.trim().slice(0, 200));
  const tree = treeOfPackage(data);
  return tree instanceof Error ? tree : readingOfTree(tree);
}
