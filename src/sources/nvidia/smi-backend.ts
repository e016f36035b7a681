import type { NvidiaBackend } from './backend.ts';
import { createNvidiaSmiParser } from './parse.ts';

const REST_LENGTH = 8192;

/** Where nvidia-smi is, and for how many seconds between documents to let it go on, if it should. */
export interface SmiCommand {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly everySeconds?: number;
}

/** Runs nvidia-smi itself, and understands its documents while they come. */
export function createSmiBackend({ path, env, everySeconds }: SmiCommand): NvidiaBackend {
  const loop = everySeconds === undefined ? [] : ['-l', String(everySeconds)];
  return {
    name: 'nvidia-smi',
    command: { path, args: ['-q', '-x', ...loop], env: { ...env, LC_ALL: 'C' } },
    createOutput(onReading) {
      let rest = '';
      const parser = createNvidiaSmiParser({
        document: onReading,
        outside(text) {
          if (rest.length < REST_LENGTH) rest = (rest + text).slice(0, REST_LENGTH);
        },
      });
      return {
        write: (text) => parser.write(text),
        end() {
          if (parser.isInside()) onReading(new Error('the document breaks off'));
        },
        rest: () => rest,
        innerExitCode: () => undefined,
      };
    },
  };
}
