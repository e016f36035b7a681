import { connectBus } from '../../../src/host/bus.ts';
import { createJobWatch } from '../../../src/host/systemd/job-watch.ts';
import {
  listenToSystemd,
  listUnits,
  MANAGER_SIGNALS,
  property,
  restartUnit,
  UNIT_SIGNALS,
} from '../../../src/host/systemd/systemd1.ts';

/**
 * Restarts a unit over systemd's own socket and prints what was seen. It runs inside the lab: systemd lets in
 * nobody whose process it cannot see, and the host's are outside of its pid namespace.
 */
async function restartOverPeer(name: string): Promise<void> {
  const bus = await connectBus({ address: 'unix:path=/run/systemd/private', peer: true });
  const path = (await listUnits(bus)).find((unit) => unit.name === name)?.path ?? '';
  const changed = new Set<unknown>();
  const senders = new Set<string>();
  await listenToSystemd(bus, [MANAGER_SIGNALS, UNIT_SIGNALS], (signal) => {
    senders.add(signal.sender);
    if (signal.path !== path || signal.member !== 'PropertiesChanged') return;
    const [, properties] = signal.body;
    if (properties instanceof Map) changed.add(properties.get('ActiveState'));
  });
  const jobs = await createJobWatch(bus);
  const before = await property(bus, path, 'Service', 'MainPID');
  const result = await jobs.resultOf(await restartUnit(bus, name), AbortSignal.timeout(10_000));
  const after = await property(bus, path, 'Service', 'MainPID');
  bus.close();
  const seen = { result, restarted: before !== after, changed: [...changed], senders: [...senders] };
  process.stdout.write(JSON.stringify(seen));
}

await restartOverPeer(process.argv[2] ?? '');
