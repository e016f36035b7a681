/** Which program is run, and what its end says. No shell sees any of it. */
export interface CommandSettings {
  /** An absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Beside `PATH`, `LC_ALL` and what belongs to the user; nothing of fettle's own environment is handed on. No secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables, and the files that hold their values: secrets. */
  readonly envFiles: Readonly<Record<string, string>>;
  /** Name of the user that it runs as; undefined: fettle's own. */
  readonly user: string | undefined;
  /** Exit codes that are well. */
  readonly expectExitCodes: readonly number[];
  /** Whether it is a plugin of Nagios: its exit code and its output mean what they mean there. */
  readonly nagios: boolean;
}
