import type { ConnectDeps } from '../../host/net/open-socket.ts';
import type { TlsDeps } from '../../host/net/tls-files.ts';
import type { CommandRuns } from '../../host/programs/command-runs.ts';
import type { Places } from '../../host/slow/slow-files.ts';
import type { PlacesOf } from './file-places.ts';

/** What probes are given. */
export interface ProbeDeps extends ConnectDeps, TlsDeps {
  /** Of Node's four threads, for files, which may hang in the kernel; by what is mounted where a file is. */
  readonly placesOf: PlacesOf;
  /** For programs: so many run at once. */
  readonly commandPlaces: Places;
  readonly commandRuns: CommandRuns;
  /** Number of the user that fettle runs as; undefined where there are none. */
  readonly ownUid: number | undefined;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
  /** Where procfs is mounted. */
  readonly procfs: string;
}
