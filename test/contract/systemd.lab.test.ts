import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UNIT_ACTIONS } from '../../src/domain/step.ts';
import { connectBus } from '../../src/host/bus.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { describeServiceManager, type ManagerWorld, until } from './service-manager.ts';

/** Names that systemd itself refuses, and some that it would only see if nobody looked before. */
const ODD = [
  '',
  'nosuffix',
  '../../x.service',
  'a b.service',
  'a;b.service',
  'a\nb.service',
  'a\0b.service',
  'é.service',
  '$(id).service',
  'good.service%',
  'template@.service',
  `${'x'.repeat(300)}.service`,
];

/** Units that note each start of theirs. */
const service = (dir: string, more = '') =>
  `[Service]\nExecStartPre=/bin/sh -c 'echo start >>${dir}/%n.starts'\nExecStart=/bin/sleep infinity\n${more}`;

async function open(): Promise<ManagerWorld> {
  const lab: Lab = await startLab();
  const { dir } = lab;
  const dies = `ExecStart=\nExecStart=/bin/sh -c 'test -e ${dir}/dies || { touch ${dir}/stays; exec sleep infinity; }; sleep 0.5; exit 1'\n`;
  await lab.writeUnit('good.service', service(dir, 'ExecReload=/bin/true\n'));
  await lab.writeUnit('manual.service', `[Unit]\nRefuseManualStop=yes\n${service(dir)}`);
  await lab.writeUnit(
    'deaf.service',
    service(dir, 'ExecStop=/bin/sleep infinity\nTimeoutStopSec=infinity\n'),
  );
  await lab.writeUnit('weak.service', service(dir, dies));
  const started = async (name: string) => (await lab.run(['systemctl', 'start', name])).stdout;
  for (const name of ['good', 'manual', 'deaf', 'weak']) await started(`${name}.service`);
  // A start is over before the shell has looked.
  await until('it has looked and stays', () => existsSync(`${dir}/stays`));
  writeFileSync(`${dir}/dies`, '');
  const manager = createSystemdManager(() => connectBus({ address: lab.busAddress }));
  const starts = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
  const state = async (name: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', 'ActiveState', name])).stdout.trim();
  return {
    manager,
    unit: unitRef('good.service'),
    unknown: unitRef('nothing.service'),
    odd: ODD.map(unitRef),
    refused: { unit: unitRef('manual.service'), action: 'stop' },
    can: UNIT_ACTIONS,
    hasLimits: true,
    hanging: unitRef('deaf.service'),
    dying: unitRef('weak.service'),
    starts: async ({ name }) => starts(`${dir}/${name}.starts`),
    stopping: ({ name }) =>
      until('the stop is under way', async () => (await state(name)) === 'deactivating'),
    async close() {
      manager.close();
      // Nothing would end it.
      await lab.run(['systemctl', 'kill', '--signal=KILL', 'deaf.service']);
      await lab.stop();
    },
  };
}

describeServiceManager(open, describeLab);
