import type { IpReading } from '../../domain/reading.ts';
import { type Bus, BusFault } from '../../host/bus.ts';
import { someProperties } from '../../host/systemd/systemd1.ts';
import { counter } from './properties.ts';

/** A service whose traffic systemd counts, and its D-Bus object. */
export interface AccountedUnit {
  readonly name: string;
  readonly path: string;
}

const TRAFFIC = ['IPIngressBytes', 'IPEgressBytes', 'IPIngressPackets', 'IPEgressPackets'];

/**
 * Reads the traffic of these services; there is no file of it, only systemd can tell.
 *
 * What systemd does not know is left out, and so is a unit that has just gone. Throws as `Bus.call` does.
 */
export async function readIp(
  bus: Bus,
  units: readonly AccountedUnit[],
  signal: AbortSignal,
): Promise<readonly IpReading[]> {
  const readings = units.map(async ({ name, path }): Promise<readonly IpReading[]> => {
    try {
      const told = await someProperties(bus, path, 'Service', TRAFFIC, signal);
      const [ingressBytes, egressBytes, ingressPackets, egressPackets] = TRAFFIC.map((own) =>
        counter(told.get(own)),
      );
      return [{ unit: name, values: { ingressBytes, egressBytes, ingressPackets, egressPackets } }];
    } catch (thrown) {
      if (thrown instanceof BusFault) return [];
      throw thrown;
    }
  });
  return (await Promise.all(readings)).flat();
}
