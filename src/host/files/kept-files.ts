import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { absentOrThrow } from './files.ts';

/** `memory.stat` of cgroup v2 is about 1.5 kB; longer files are read in pieces. */
const BUFFER_BYTES = 16_384;

/** At most so many, and half of what the process may have open: connections need room too. */
export function keptFilesLimit(most: number): number {
  const limits = existsSync(LIMITS) ? readFileSync(LIMITS, 'utf8') : '';
  const allowed = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return allowed === undefined ? most : Math.min(most, Math.floor(Number(allowed) / 2));
}

const LIMITS = '/proc/self/limits';

/**
 * Keeps files open between reads: reading one costs a quarter of opening, reading and closing it.
 *
 * At most `limit` files are kept open; the others are opened each time.
 */
export class KeptFiles {
  readonly #limit: number;
  readonly #open = new Set<KeptFile>();
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A file that stays open between reads, if there is room. */
  file(path: string): KeptFile {
    return new KeptFile(this, path);
  }

  /** Closes all files. */
  close(): void {
    for (const file of this.#open) file.close();
  }

  /** Whether one more may stay open, which is then counted. */
  admit(file: KeptFile): boolean {
    if (this.#open.size >= this.#limit) return false;
    this.#open.add(file);
    return true;
  }

  /** Closes the half that has been open longest: the process has no room for another file. */
  makeRoom(): void {
    let left = Math.ceil(this.#open.size / 2);
    for (const file of this.#open) {
      if (left === 0) return;
      file.close();
      left -= 1;
    }
  }

  /** No longer open. */
  release(file: KeptFile): void {
    this.#open.delete(file);
  }

  /** What is in an open file, from its beginning. */
  textOf(fd: number): string {
    const length = readSync(fd, this.#buffer, 0, BUFFER_BYTES, 0);
    if (length < BUFFER_BYTES) return this.#buffer.toString('latin1', 0, length);
    const parts = [this.#buffer.toString('latin1', 0, length)];
    for (let at = length; ; ) {
      const more = readSync(fd, this.#buffer, 0, BUFFER_BYTES, at);
      if (more === 0) return parts.join('');
      parts.push(this.#buffer.toString('latin1', 0, more));
      at += more;
    }
  }
}

/** Too many files are open, in this process or in all. */
const NO_ROOM: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/** A small kernel file that is read again and again. There are thousands, so each is as little as can be. */
export class KeptFile {
  readonly #files: KeptFiles;
  readonly #path: string;
  #fd: number | undefined;

  constructor(files: KeptFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /**
   * As `readKernelFile`.
   *
   * A file whose cgroup has gone answers ENODEV, and is opened anew in case there is another one now.
   */
  read(): string | undefined {
    if (this.#fd === undefined) return this.#readAnew();
    try {
      return this.#files.textOf(this.#fd);
    } catch {
      this.close();
      return this.#readAnew();
    }
  }

  /** Closes the file; the next read opens it again. */
  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    this.#files.release(this);
  }

  #openAnew(): number {
    try {
      return openSync(this.#path, 'r');
    } catch (thrown) {
      if (!NO_ROOM.has(String(Reflect.get(Object(thrown), 'code')))) throw thrown;
      this.#files.makeRoom();
      return openSync(this.#path, 'r');
    }
  }

  #readAnew(): string | undefined {
    let fd: number | undefined;
    try {
      fd = this.#openAnew();
      const text = this.#files.textOf(fd);
      if (this.#files.admit(this)) this.#fd = fd;
      else closeSync(fd);
      return text;
    } catch (thrown) {
      if (fd !== undefined) closeSync(fd);
      return absentOrThrow(thrown, this.#path);
    }
  }
}
