/** What a file should be like. Seconds and bytes; undefined: it does not matter. */
export interface FileSettings {
  readonly path: string;
  /** False: there must be no such file, and nothing else matters. */
  readonly exists: boolean;
  /** Since it was last written. */
  readonly maxAgeSeconds: number | undefined;
  readonly minAgeSeconds: number | undefined;
  readonly minBytes: number | undefined;
  readonly maxBytes: number | undefined;
}

/** What the files below a folder should be like. Seconds and bytes; undefined: it does not matter. */
export interface DirectorySettings {
  readonly path: string;
  /** Which files are meant, below the folder: `checkpoints/*.safetensors`. */
  readonly glob: string;
  readonly minCount: number | undefined;
  readonly maxCount: number | undefined;
  /** Of the newest file. */
  readonly maxAgeSeconds: number | undefined;
  /** Of all files together. */
  readonly minTotalBytes: number | undefined;
  /** Of the file system that the folder is on, for users other than root. */
  readonly minFree: FreeSpace | undefined;
}

/** Room on a file system: so many bytes, or such a part of its size (0 to 1). */
export type FreeSpace = { readonly bytes: number } | { readonly ratio: number };
