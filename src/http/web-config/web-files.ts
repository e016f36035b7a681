/** The files of a web configuration, read as they are now. */
export interface WebFiles {
  /** Text of a file, and a mark that changes when the file does. Throws an Error that names the file. */
  readonly read: (path: string) => { readonly text: string; readonly stamp: string };
  /** The mark as it is now; also of a file that is not there. */
  readonly stamp: (path: string) => string;
}

/** Files with their marks at the time when they were read. */
export type Stamps = ReadonlyMap<string, string>;

/** Whether any of the files is no longer what it was. */
export function haveChanged(stamps: Stamps, files: WebFiles): boolean {
  for (const [path, stamp] of stamps) if (files.stamp(path) !== stamp) return true;
  return false;
}

/** Reads files and remembers their marks, those of files that could not be read included. */
export function createStampedReader(files: WebFiles): {
  readonly read: (path: string) => string;
  readonly stamps: Stamps;
} {
  const stamps = new Map<string, string>();
  return {
    stamps,
    read(path) {
      stamps.set(path, files.stamp(path));
      const { text, stamp } = files.read(path);
      stamps.set(path, stamp);
      return text;
    },
  };
}
