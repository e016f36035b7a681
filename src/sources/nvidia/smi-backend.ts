import type { NvidiaBackend } from './backend.ts';
import { lostByLines } from './lost.ts';
import { createNvidiaSmiParser } from './parse.ts';

const REST_LENGTH = 8192;

/** How nvidia-smi is run. */
export interface SmiCommand {
  /** With its folder, or to be found on PATH. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds between documents, if it should go on. */
  readonly everySeconds?: number | undefined;
  /** PCI addresses of the GPUs to ask for; undefined: all. */
  readonly only?: readonly string[] | undefined;
}

/** Runs nvidia-smi itself, and understands its documents while they come. */
export function createSmiBackend({ path, env, everySeconds, only }: SmiCommand): NvidiaBackend {
  const loop = everySeconds === undefined ? [] : ['-l', String(everySeconds)];
  const which = only === undefined ? [] : ['-i', only.join(',')];
  return {
    name: 'nvidia-smi',
    command: { path, args: ['-q', '-x', ...which, ...loop], env: { ...env, LC_ALL: 'C' } },
    createOutput(onReading) {
      /** What stands before a document is said of its moment: in a stream, of none of those before. */
      let rest = '';
      const parser = createNvidiaSmiParser({
        document(reading) {
          if (reading instanceof Error) return onReading(reading);
          onReading({ ...reading, lost: [...new Set([...reading.lost, ...lostByLines(rest)])] });
          rest = '';
        },
        outside(text) {
          if (rest.length < REST_LENGTH) rest = (rest + text).slice(0, REST_LENGTH);
        },
      });
      return {
        write: (text) => parser.write(text),
        end() {
          parser.end();
          if (parser.isInside()) onReading(new Error('the document breaks off'));
        },
        rest: () => rest,
        innerExitCode: () => undefined,
      };
    },
  };
}
