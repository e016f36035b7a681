import type { UnitRef } from '../../src/domain/unit.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createLaunchctl } from '../../src/host/launchctl/client.ts';
import { createLaunchdManager } from '../../src/managers/launchd.ts';
import { fakeLaunchctl } from '../fakes/launchctl.ts';
import { describeServiceManager, type ManagerWorld, until } from './service-manager.ts';

const DOMAIN = 'gui/501';
const job = (name: string): UnitRef => ({ manager: 'launchd', scope: DOMAIN, name });
const targetOf = ({ scope, name }: UnitRef) => `${scope}/${name}`;

async function open(): Promise<ManagerWorld> {
  const fake = fakeLaunchctl('obeys', true);
  const launchctl = createLaunchctl({ path: fake.path, env: fake.env });
  const manager = createLaunchdManager({ launchctl, plists: new Map(), clock: systemClock });
  const [unit, refusing, hanging, dying] = ['worker', 'protected', 'deaf', 'weak'].map((name) =>
    job(`com.example.${name}`),
  );
  if (!unit || !refusing || !hanging || !dying) throw new Error('four jobs');
  const signal = AbortSignal.timeout(30_000);
  for (const ref of [unit, refusing, hanging, dying]) {
    fake.load(targetOf(ref), { plist: fake.writePlist(ref.name) });
    await manager.run('start', ref, signal);
  }
  fake.setBehaviour(targetOf(refusing), 'refuses');
  fake.setBehaviour(targetOf(hanging), 'hangs');
  fake.setBehaviour(targetOf(dying), 'dies');
  return {
    manager,
    unit,
    unknown: job('com.example.nothing'),
    odd: [
      '-k',
      '',
      ' ',
      'a/b',
      '../system/com.example.worker',
      "it's",
      'a"b',
      'a\nb',
      'a\0b',
      'é',
      'x'.repeat(300),
    ]
      .map(job)
      .concat({ ...unit, scope: '-k' }, { ...unit, scope: 'pid/1' }, { ...unit, scope: 'gui/501/x' }),
    refused: { unit: refusing, action: 'restart' },
    can: ['restart', 'start', 'stop'],
    hasLimits: false,
    hanging,
    dying,
    starts: async (ref) => fake.starts(targetOf(ref)),
    stopping: (ref) => until('launchctl was asked', () => fake.calls().includes(`bootout ${targetOf(ref)}`)),
    close: fake.stop,
  };
}

describeServiceManager(open);
