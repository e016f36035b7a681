import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file whose readers wait for ever in the kernel, as those of a sensor on a stuck bus do. */
export interface HungFile {
  /** Lets all who wait have this text; who comes later reads it from a plain file. */
  answer(text: string): void;
}

/**
 * A pipe without a writer in the place of a file, which answers at the end of the test at the latest.
 *
 * Otherwise the thread that waits would keep the process of the tests from ending. A concurrent test, or a suite,
 * gives its own way to say what happens at the end.
 */
export function hungFile(path: string, whenFinished: (work: () => void) => void = onTestFinished): HungFile {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  let answered = false;
  const answer = (text: string) => {
    if (answered) return;
    answered = true;
    // To read and write never waits for the other side.
    const pipe = openSync(path, constants.O_RDWR);
    writeSync(pipe, text);
    writeFileSync(`${path}.answered`, text);
    renameSync(`${path}.answered`, path);
    closeSync(pipe);
  };
  whenFinished(() => answer(''));
  return { answer };
}
