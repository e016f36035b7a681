import { Failure } from '../../domain/errors.ts';
import { withinLimit } from '../../domain/limit.ts';
import type { ResolvedReading } from '../../domain/resolved.ts';
import type { Bus } from '../../host/bus.ts';
import { resolvedProperties } from '../../host/systemd/resolve1.ts';
import { decodeResolved } from './decode.ts';

/** Reads what systemd-resolved has counted. */
export interface ResolvedReader {
  /**
   * What it has counted by now, or undefined if it is not running.
   *
   * Throws Failure `timeout` or `unreachable` if the bus does not answer, BusFault if resolved says no.
   */
  read(signal?: AbortSignal): Promise<ResolvedReading | undefined>;
  /** Ends the connection; after the last read. */
  close(): void;
}

/** Less than a scrape grants, so that what hangs is called by its name. */
const LIMIT_MS = 3000;

/** Gives a reader that connects at its first read, and anew after its connection has closed or failed. */
export function createResolvedReader(connect: () => Promise<Bus>, limitMs = LIMIT_MS): ResolvedReader {
  let connection: Promise<Bus> | undefined;

  function open(): Promise<Bus> {
    const opening = connect();
    connection = opening;
    const forget = () => {
      if (connection === opening) connection = undefined;
    };
    opening.then((bus) => bus.closed.then(forget), forget);
    return opening;
  }

  function drop(opening: Promise<Bus>): void {
    if (connection === opening) connection = undefined;
    // If it never opens there is nothing to close.
    opening.then((bus) => bus.close()).catch(() => undefined);
  }

  return {
    async read(signal) {
      const opening = connection ?? open();
      try {
        const properties = await withinLimit(
          'reading the statistics of systemd-resolved',
          limitMs,
          signal,
          async (limited) => resolvedProperties(await opening, limited),
        );
        return properties && decodeResolved(properties);
      } catch (thrown) {
        // A bus that has stopped closes nothing, and may never answer on this connection again.
        if (thrown instanceof Failure) drop(opening);
        throw thrown;
      }
    },
    close() {
      if (connection !== undefined) drop(connection);
    },
  };
}
