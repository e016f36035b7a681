import type { UnitRef } from '../../src/domain/unit.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createPidfileManager } from '../../src/managers/pidfile.ts';
import { fakeDaemon } from '../fakes/daemon.ts';
import { describeServiceManager, type ManagerWorld, until } from './service-manager.ts';

const daemonRef = (name: string): UnitRef => ({ manager: 'pidfile', scope: 'system', name });

async function open(): Promise<ManagerWorld> {
  const [good, bare, deaf, weak] = [
    fakeDaemon('good', {}, true),
    fakeDaemon('bare', {}, true),
    fakeDaemon('deaf', {}, true),
    fakeDaemon('weak', {}, true),
  ];
  const all = [good, bare, deaf, weak];
  const full = createPidfileManager({
    daemons: all.map(({ spec }) => spec),
    procfs: '/proc',
    clock: systemClock,
  });
  for (const { spec } of all) await full.run('start', daemonRef(spec.name), AbortSignal.timeout(30_000));
  deaf.misbehave('hangs');
  weak.misbehave('dies');
  const { start, status } = bare.spec.commands;
  const specs = [good.spec, { ...bare.spec, commands: { start, status } }, deaf.spec, weak.spec];
  const byName = (name: string) => all.find(({ spec }) => spec.name === name);
  return {
    manager: createPidfileManager({ daemons: specs, procfs: '/proc', clock: systemClock }),
    unit: daemonRef('good'),
    unknown: daemonRef('nothing'),
    odd: ['', '-k', '../good', 'good ', '__proto__', 'constructor']
      .map(daemonRef)
      .concat({ ...daemonRef('good'), manager: 'systemd' }),
    refused: { unit: daemonRef('bare'), action: 'stop' },
    can: ['restart', 'start', 'stop'],
    hasLimits: false,
    hanging: daemonRef('deaf'),
    dying: daemonRef('weak'),
    starts: async ({ name }) => byName(name)?.count('starts') ?? 0,
    stopping: () => until('the stop has begun', () => deaf.count('stops') > 0),
    close() {
      for (const daemon of all) daemon.stop();
    },
  };
}

describeServiceManager(open);
