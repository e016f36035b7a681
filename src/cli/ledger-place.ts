import { Failure, messageOf } from '../domain/errors.ts';
import { placeOfPause, whoMay } from './pause/place.ts';
import { tell } from './terminal.ts';

/** Which ledger is meant. */
export interface LedgerWish {
  readonly ledger: string | undefined;
  readonly configFile: string | undefined;
}

/**
 * The path of the ledger that is meant: itself, or that of a configuration, or else of the usual one, as for `fettle
 * pause`. Undefined if the configuration is not in order, which has been told then.
 */
export async function ledgerPlace({ ledger, configFile }: LedgerWish): Promise<string | undefined> {
  return ledger ?? (await placeOfPause(configFile))?.ledger;
}

/** Tells that there is no ledger. */
export function tellNoLedger(path: string): void {
  tell(
    `there is no ledger at ${path}: no alert has come to a fettle that keeps its ledger there. ` +
      'If it is elsewhere, name it, or give --config as fettle serve has it; or run this as root, or as the user of fettle',
  );
}

/** Tells why a ledger, or what lies beside it, could not be read, and who may do it. */
export async function tellUnreadable(command: string, path: string, thrown: unknown): Promise<void> {
  const cause = thrown instanceof Failure ? thrown.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const isRefused = code === 'EACCES' || code === 'EPERM';
  tell(`${messageOf(thrown)}${isRefused ? `; ${await whoMay(command, path)}` : ''}`);
}
