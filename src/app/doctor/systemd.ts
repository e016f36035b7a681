import { fail, ok, type Verdict } from '../../domain/finding.ts';
import { connectBus } from '../../host/bus.ts';
import { managerProperty } from '../../host/systemd/systemd1.ts';

/** What systemd says of itself. */
export interface SystemdState {
  /** As in `252.39-1~deb12u1`. */
  readonly version: string;
  /** As in `running` or `degraded`. */
  readonly state: string;
  /** As in `kvm` or `docker`; empty on a machine of its own. */
  readonly virtualisation: string;
  /** Where the cgroups of its units are, below the root: empty at the root itself. */
  readonly controlGroup: string;
}

/** How systemd is reached. */
export interface SystemdPlace {
  readonly address: string;
  /** Whether that is systemd's own socket. */
  readonly peer?: boolean;
}

/** Less than a check may take, so that the bus has the word on why. */
const ANSWER_LIMIT_MS = 4000;

/** Asks systemd. Throws Failure or BusFault if it does not answer. */
export async function readSystemd({ address, peer = false }: SystemdPlace): Promise<SystemdState> {
  const bus = await connectBus({ address, peer, timeoutMs: ANSWER_LIMIT_MS });
  try {
    const names = ['Version', 'SystemState', 'Virtualization', 'ControlGroup'];
    const values = await Promise.all(names.map((name) => managerProperty(bus, name)));
    const [version = '', state = '', virtualisation = '', controlGroup = ''] = values.map(String);
    return { version, state, virtualisation, controlGroup };
  } finally {
    bus.close();
  }
}

/** What came of asking systemd, and whether the machine was booted with it. */
export type SystemdEvidence =
  | { readonly state: SystemdState }
  | { readonly problem: string; readonly isBooted: boolean };

/** Whether systemd answers. */
export function systemdVerdict(evidence: SystemdEvidence): Verdict {
  if ('state' in evidence) {
    const { version, state } = evidence.state;
    return ok(`systemd ${version} answers on the system bus, and is ${state}`);
  }
  return fail(`systemd does not answer: ${evidence.problem}`, evidence.isBooted ? BUS_ADVICE : BOOT_ADVICE);
}

/** Whether systemd answers on its own socket, which the exporter is to use. */
export function privateSocketVerdict(problem: string | undefined): Verdict {
  if (problem === undefined) return ok('systemd answers on its private socket');
  return fail(
    `systemd does not answer on its private socket: ${problem}`,
    'Only root may use it: run fettle as root, or set exporter.systemd.private: false',
  );
}

const BUS_ADVICE =
  'See whether the system bus runs: systemctl status dbus; start it with: systemctl start dbus.socket';

const BOOT_ADVICE =
  'This machine was not booted with systemd, or this is a container: mount /run/dbus and /sys/fs/cgroup of the host; else units can be neither shown nor repaired';
