/** Which process a pid file names, and what that process says of itself. */
export interface PidfileSettings {
  readonly path: string;
  /** Name of the program; undefined: any. */
  readonly name: string | undefined;
  readonly statusFile: StatusFileSettings | undefined;
}

/** A file of JSON in which a daemon says how it is. */
export interface StatusFileSettings {
  readonly path: string;
  readonly maxAgeSeconds: number | undefined;
  readonly state: StateSettings | undefined;
  /** Names of values, and the JSON pointers to the numbers. */
  readonly values: Readonly<Record<string, string>>;
}

/** Where the state stands, and which states are well. */
export interface StateSettings {
  /** As RFC 6901 has it. */
  readonly pointer: string;
  readonly oneOf: readonly string[];
}
