/** The program that carries out orders as another user: JSON on its input, JSON on its output. */
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { ServiceManager } from '../../src/domain/repair.ts';
import type { UnitAction } from '../../src/domain/step.ts';
import type { Limits, LimitValues } from '../../src/domain/throttle.ts';
import type { UnitRef } from '../../src/domain/unit.ts';
import { type Bus, connectBus, systemBusAddress } from '../../src/host/bus.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';

/** Something to do, as the user that this runs as. */
export type UserOrder =
  /** Through our manager, all in the same turn. */
  | { readonly order: 'run'; readonly action: UnitAction; readonly units: readonly string[] }
  | { readonly order: 'inspect'; readonly unit: string }
  | { readonly order: 'limitsOf'; readonly unit: string; readonly limits: Partial<Limits> }
  | { readonly order: 'setLimits'; readonly unit: string; readonly values: LimitValues }
  /** Past our manager: a method of systemd's own. */
  | {
      readonly order: 'call';
      readonly member: string;
      readonly signature: string;
      readonly body: readonly unknown[];
      readonly path?: string;
      readonly face?: string;
    }
  /** Tells the test that it has come so far. */
  | { readonly order: 'touch'; readonly file: string };

/** What came of an order: for `run` a list of outcomes. */
export type UserResult = { readonly given: unknown } | { readonly error: string; readonly message: string };

/** How long one order may take. */
const LIMIT_MS = 20_000;

const SYSTEMD = 'org.freedesktop.systemd1';

const refOf = (name: string): UnitRef => ({ manager: 'systemd', scope: 'system', name });

const signal = () => AbortSignal.timeout(LIMIT_MS);

async function carryOut(order: UserOrder, manager: ServiceManager, bus: Bus): Promise<unknown> {
  switch (order.order) {
    case 'run':
      return await Promise.all(order.units.map((unit) => manager.run(order.action, refOf(unit), signal())));
    case 'inspect':
      return await manager.inspect(refOf(order.unit), signal());
    case 'limitsOf': {
      const none = { cpuQuota: undefined, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
      return await manager.limitsOf(refOf(order.unit), { ...none, ...order.limits }, signal());
    }
    case 'setLimits':
      return await manager.setLimits(refOf(order.unit), order.values, signal());
    case 'call': {
      const { member, signature, body, path = '/org/freedesktop/systemd1', face = 'Manager' } = order;
      const call = { destination: SYSTEMD, path, interface: `${SYSTEMD}.${face}`, member, signature, body };
      return await bus.call(call, signal());
    }
    case 'touch':
      return writeFileSync(order.file, '');
  }
}

async function resultOf(order: UserOrder, manager: ServiceManager, bus: Bus): Promise<UserResult> {
  try {
    return { given: (await carryOut(order, manager, bus)) ?? null };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { error: 'errorName' in error ? String(error.errorName) : error.name, message: error.message };
  }
}

async function main(): Promise<void> {
  const orders: readonly UserOrder[] = JSON.parse(await text(process.stdin));
  const address = systemBusAddress();
  const manager = createSystemdManager(() => connectBus({ address }));
  const bus = await connectBus({ address });
  const results: UserResult[] = [];
  for (const order of orders) results.push(await resultOf(order, manager, bus));
  manager.close();
  bus.close();
  process.stdout.write(
    JSON.stringify(results, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

await main();
