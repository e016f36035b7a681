import { placeOfPause } from './pause/place.ts';
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
      'If it is elsewhere, name it, or give --config as fettle serve has it',
  );
}
