import { once } from 'node:events';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Lab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

/** Units of every type that a lab can have, in every state that it can bring about. */
export interface Population {
  /** Does what systemd tells nobody of: zeroes a restart count, refuses a connection, changes a unit's file. */
  changeUntold(): Promise<void>;
  /** Lets go of the connections that were held. */
  release(): void;
}

/** A service that runs until it is killed, with more lines in its section. */
const sleeper = (...lines: readonly string[]): string =>
  ['[Service]', 'ExecStart=/bin/sleep infinity', ...lines, ''].join('\n');

const service = (...lines: readonly string[]): string => ['[Service]', ...lines, ''].join('\n');

/** Some CPU time at once. */
const BURN = 'i=0; while [ $$i -lt 100000 ]; do i=$$((i+1)); done';

/** In a shell of its own, which ends when it cannot fork. */
const FORK_FOUR = '(sleep 1h & sleep 1h & sleep 1h & sleep 1h)';

/** Keeps the last line, and this one has no end. */
const EAT = 'tail /dev/zero';

const INSTALL = '[Install]\nWantedBy=population.target\n';

/** In memory for as long as population.target is, whether they can be started or not. */
const MEMBERS: Readonly<Record<string, string>> = {
  'plain.service': sleeper(),
  'limited.service': sleeper('MemoryMax=64M', 'TasksMax=50', 'CPUQuota=50%'),
  // At its limits: something of every kind that the kernel counts.
  'throttled.service': sleeper('CPUQuota=10%', `ExecStartPre=/bin/sh -c '${BURN}'`),
  'crowded.service': sleeper('TasksMax=3', `ExecStartPre=-/bin/sh -c '${FORK_FOUR}; true'`),
  'hungry.service': sleeper(
    'MemoryMax=16M',
    'MemorySwapMax=0',
    'OOMPolicy=continue',
    `ExecStartPre=-/bin/sh -c '${EAT}; true'`,
  ),
  'large.service': service(
    'Type=notify',
    'NotifyAccess=all',
    // LAB_DIR is on the host's disk, so this cache can be dropped; all else in a lab is in a tmpfs.
    'ExecStartPre=/bin/sh -c "head -c 12000000 /dev/zero >LAB_DIR/cached"',
    `ExecStart=/bin/sh -c 'x=$$(head -c 24000000 /dev/zero | tr "\\0" x); systemd-notify --ready; sleep infinity; :'`,
  ),
  'accounted.service': service(
    'IPAccounting=yes',
    // Something to count; the port discards it.
    `ExecStart=/bin/bash -c 'echo hello >/dev/udp/127.0.0.1/9; exec sleep infinity'`,
  ),
  'notify.service': service(
    'Type=notify',
    'NotifyAccess=all',
    `ExecStart=/bin/sh -c 'systemd-notify --ready; exec sleep infinity'`,
  ),
  'forking.service': service('Type=forking', `ExecStart=/bin/sh -c 'sleep infinity &'`),
  'remains.service': service('Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true'),
  'done.service': service('Type=oneshot', 'ExecStart=/bin/true'),
  'exit-code.service': service(`ExecStart=/bin/sh -c 'exit 3'`),
  'signal.service': service(`ExecStart=/bin/sh -c 'kill -KILL $$$$'`),
  'timeout.service': service('Type=notify', 'TimeoutStartSec=100ms', 'ExecStart=/bin/sleep infinity'),
  'start-limit.service': service('Restart=always', 'RestartSec=10ms', 'ExecStart=/bin/true'),
  'waits.service': service('Restart=on-failure', 'RestartSec=1h', 'ExecStart=/bin/false'),
  'counted.service': sleeper('Restart=always', 'RestartSec=10ms'),
  'stale.service': sleeper(),
  'disabled.service': `${sleeper()}${INSTALL}`,
  'enabled.service': `${sleeper()}${INSTALL}`,
  'bad-setting.service': service('Type=simple'),
  'quote\\x22d.service': sleeper(),
  'instance@a.service': '',
  'instance@b\\x2dc.service': '',
  'instance@\\x0a.service': '',
  'sliced.service': sleeper('Slice=custom.slice'),
  'custom.slice': '[Slice]\nMemoryMax=128M\nTasksMax=100\n',
  'accepting.socket': '[Socket]\nListenStream=/run/population/accepting\nAccept=yes\nMaxConnections=1\n',
  'listening.socket': '[Socket]\nListenStream=/run/population/listening\nService=done.service\n',
  'failed.socket':
    '[Socket]\nListenStream=/run/population/failed\nService=done.service\nExecStartPre=/bin/false\n',
  'monotonic.timer': '[Timer]\nOnActiveSec=1h\nUnit=done.service\n',
  'calendar.timer': '[Timer]\nOnCalendar=2099-01-01\nUnit=done.service\n',
  'both.timer': '[Timer]\nOnCalendar=2099-01-01\nOnActiveSec=1h\nUnit=remains.service\n',
  'elapsed.timer': '[Timer]\nOnActiveSec=1ms\nAccuracySec=1ms\nUnit=done.service\n',
  'waiting.path': '[Path]\nPathExists=/run/population/never\nUnit=done.service\n',
  'run-population-mounted.mount': '[Mount]\nWhat=tmpfs\nType=tmpfs\nWhere=/run/population/mounted\n',
  'run-population-with\\x20space.mount':
    '[Mount]\nWhat=tmpfs\nType=tmpfs\nWhere=/run/population/with space\n',
  'run-population-failed.mount': '[Mount]\nWhat=tmpfs\nType=nonsense\nWhere=/run/population/failed\n',
  // Neither can be active in a lab: one needs a disk of the host's, the other autofs.
  'run-population-file.swap': '[Swap]\nWhat=/run/population/file\n',
  'run-population-auto.automount': '[Automount]\nWhere=/run/population/auto\n',
  'run-population-auto.mount': '[Mount]\nWhat=tmpfs\nType=tmpfs\nWhere=/run/population/auto\n',
  // Not written as files of their own, as are the instances.
  'masked.service': '',
  'missing.service': '',
};

/** Loaded, but never started. */
const NEVER_STARTED = ['disabled.service', 'run-population-auto.mount', 'masked.service', 'missing.service'];

/** Fills a lab and waits until everything has come to rest. */
export async function populate(lab: Lab): Promise<Population> {
  writeUnits(lab);
  await lab.run(['systemctl', 'daemon-reload']);
  const names = Object.keys(MEMBERS).filter((name) => !NEVER_STARTED.includes(name));
  // Some fail to start, as they should.
  await lab.run(['systemctl', 'start', 'population.target', ...names], { check: false });
  await lab.run(['systemd-run', '--unit=transient.service', '/bin/sleep', 'infinity']);
  const scope = ['systemd-run', '--scope', '--unit=population.scope', '--property=TasksMax=20'];
  lab.spawn([...scope, 'sleep', 'infinity'], { log: `${lab.dir}/scope.log` });
  // One connection is taken and the other refused.
  const socket = `${lab.root}/run/population/accepting`;
  const held = [await connected(socket), await connected(socket)];
  await restartTwice(lab, 'counted.service');
  for (const [name, property, value] of REST) await becomes(lab, name, property, value);
  return {
    async changeUntold() {
      await lab.run(['systemctl', 'reset-failed', 'counted.service']);
      held.push(await connected(socket));
      await becomes(lab, 'accepting.socket', 'NRefused', '2');
      touch(lab, 'stale.service');
    },
    release() {
      for (const one of held) one.destroy();
    },
  };
}

/** What takes its time, and how it ends. */
const REST = [
  ['accepting.socket', 'NRefused', '1'],
  ['elapsed.timer', 'SubState', 'elapsed'],
  ['population.scope', 'SubState', 'running'],
  ['start-limit.service', 'SubState', 'failed'],
  ['waits.service', 'SubState', 'auto-restart'],
] as const;

const folder = (lab: Lab): string => `${lab.root}/etc/systemd/system`;

function writeUnits(lab: Lab): void {
  const names = Object.keys(MEMBERS);
  const target = `[Unit]\nAfter=${names.join(' ')}\n`;
  const files = { ...MEMBERS, 'population.target': target, 'instance@.service': sleeper(), ...ACCEPTED };
  for (const [name, text] of Object.entries(files)) {
    if (text !== '') writeFileSync(`${folder(lab)}/${name}`, text.replaceAll('LAB_DIR', lab.dir));
  }
  symlinkSync('/dev/null', `${folder(lab)}/masked.service`);
  symlinkSync('plain.service', `${folder(lab)}/alias.service`);
  mkdirSync(`${folder(lab)}/population.target.wants`);
  symlinkSync('../enabled.service', `${folder(lab)}/population.target.wants/enabled.service`);
}

/** What a connection to accepting.socket starts. */
const ACCEPTED = { 'accepting@.service': service('ExecStart=/bin/cat', 'StandardInput=socket') };

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

async function restartTwice(lab: Lab, name: string): Promise<void> {
  for (const restarts of ['1', '2']) {
    await lab.run(['systemctl', 'kill', '--signal=KILL', name]);
    await becomes(lab, name, 'NRestarts', restarts);
    await becomes(lab, name, 'SubState', 'running');
  }
}

async function becomes(lab: Lab, name: string, property: string, value: string): Promise<void> {
  const show = ['systemctl', 'show', '--value', '-p', property, name];
  await waitFor(`${property} of ${name} is ${value}`, async () =>
    (await lab.run(show)).stdout.trim() === value ? true : undefined,
  );
}

/** Makes a file newer than systemd has read it. */
function touch(lab: Lab, name: string): void {
  const inAnHour = Date.now() / 1000 + 3600;
  utimesSync(`${folder(lab)}/${name}`, inAnHour, inAnHour);
}
