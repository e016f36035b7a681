/** Which program is run, and what its end says. No shell sees any of it. */
export interface CommandSettings {
  /** An absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Beside `PATH` and `LC_ALL`; nothing else of fettle's own environment is handed on. May hold secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Name of the user that it runs as; undefined: fettle's own. */
  readonly user: string | undefined;
  /** Exit codes that are well. */
  readonly expectExitCodes: readonly number[];
  /** Whether it is a plugin of Nagios: its exit code and its output mean what they mean there. */
  readonly nagios: boolean;
}
