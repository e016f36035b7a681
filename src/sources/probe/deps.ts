import type { ConnectDeps } from '../../host/net/open-socket.ts';
import type { ReadSecret } from '../../host/secret-file.ts';
import type { Places } from '../../host/slow-files.ts';
import type { PlacesOf } from './file-places.ts';

/** What probes are given. */
export interface ProbeDeps extends ConnectDeps {
  readonly readSecret: ReadSecret;
  /** Of Node's four threads, for whatever may hang in the kernel: files. */
  readonly places: Places;
  /** The same, by what is mounted where a file is. */
  readonly placesOf: PlacesOf;
  /** For programs: so many run at once. */
  readonly commandPlaces: Places;
  /** Number of the user that fettle runs as; undefined where there are none. */
  readonly ownUid: number | undefined;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
  /** Where procfs is mounted. */
  readonly procfs: string;
}
