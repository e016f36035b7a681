import { createRequire } from 'node:module';
import { messageOf } from '../../domain/errors.ts';
import type { NvidiaBackend } from './backend.ts';
import { treeOfPackage } from './package-tree.ts';
import { type NvidiaSmiReading, readingOfTree } from './parse.ts';
import type { SmiCommand } from './smi-backend.ts';

/**
 * Runs the package, and prints what it gives as JSON, less the clocks that a card supports.
 *
 * In a process of its own, because the package knows no limit of time and cannot be called off, and since its
 * parsing blocks whoever calls it. The package has a shell run "nvidia-smi -q -x" by that name alone; which program
 * that is, and which GPUs it is asked for, the shell takes from its environment.
 */
const PROGRAM = `
  const processes = require('node:child_process');
  const { exec } = processes;
  const ids = process.env.FETTLE_GPUS ? ' -i "$FETTLE_GPUS"' : '';
  processes.exec = (command, done) => exec(command.replace('nvidia-smi', '"$FETTLE_NVIDIA_SMI"') + ids, done);
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

/** Runs the npm package node-nvidia-smi. Throws if it is not installed. */
export function createPackageBackend({ path, env, only = [] }: SmiCommand): NvidiaBackend {
  return {
    name: 'node-nvidia-smi',
    command: {
      path: process.execPath,
      args: ['--eval', PROGRAM, '--', packagePath()],
      env: { ...env, LC_ALL: 'C', FETTLE_NVIDIA_SMI: path, FETTLE_GPUS: only.join(',') },
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
