import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRemediatorReaders, type RemediatorReaders } from '../../src/app/remediator-readers.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { labJournalctl } from '../sources/journal/journal-lab.ts';

const SECRET = 'q9hunter2hunter2';
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

const SERVICE = `[Unit]
Description=Serves at redis://user:${SECRET}@host/0
[Service]
Type=notify
NotifyAccess=all
Environment=PLANTED_PASSWORD=${SECRET} OTHER=plain-but-private
ExecStart=/bin/bash -c 'echo "starting with --api-key ${TOKEN}"; for i in $(seq 300); do echo line $i; done; echo "Authorization: Bearer ${SECRET}" >&2; systemd-notify --ready --status="token=${SECRET}"; exec sleep infinity'
[Install]
WantedBy=multi-user.target
`;

const unitOf = (name: string, more: Partial<Unit> = {}): Unit => ({
  ref: { manager: 'systemd', scope: 'system', name },
  id: name,
  names: [name],
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  result: 'success',
  invocationId: '',
  canStart: true,
  canStop: true,
  canReload: false,
  isTransient: false,
  changedAt: undefined,
  restarts: 0,
  endedByOrder: false,
  isOneshot: false,
  ...more,
});

describeLab('evidence, on the real systemd and its journal', () => {
  let lab: Lab;
  let readers: RemediatorReaders;

  function open(
    more: { readonly busAddress?: string; readonly journalctl?: readonly [string, ...string[]] } = {},
  ) {
    return openRemediatorReaders({
      exporter: { procfs: '/proc', sysfs: '/nowhere', gpu: { nvidia: undefined, processes: false } },
      settings: () => ({ alertmanager: undefined, gates: { xid: true, maxCelsius: 90 } }),
      probes: () => [],
      pauseFile: `${lab.dir}/pause.json`,
      busAddress: lab.busAddress,
      journalctl: labJournalctl(lab),
      cgroups: `${lab.root}/sys/fs/cgroup`,
      log: recordedLog().log,
      ...more,
    });
  }

  beforeAll(async () => {
    lab = await startLab();
    const config = `${lab.root}/etc/systemd/journald.conf.d/zz-rate.conf`;
    writeFileSync(config, '[Journal]\nRateLimitIntervalSec=0\n');
    await lab.run(['systemctl', 'restart', 'systemd-journald.service']);
    await lab.writeUnit('witness.service', SERVICE);
    await lab.run(['systemctl', 'start', 'witness.service']);
    await lab.run(['journalctl', '--sync']);
    readers = open();
  });
  afterAll(async () => {
    await readers?.stop();
    await lab?.stop();
  });

  const collect = async (of: RemediatorReaders, unit: Unit) => {
    const { text, hash } = await of.evidence(unit, new AbortController().signal);
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    return { text, found: JSON.parse(text) };
  };

  it('has the last 200 lines, the properties and the cgroup of a unit, and none of its secrets', async () => {
    const since = performance.now();
    const { text, found } = await collect(readers, unitOf('witness.service'));
    console.info(`one collection of evidence: ${(performance.now() - since).toFixed(0)} ms`);
    expect(found.journal).toHaveLength(200);
    expect(found.journal.filter((line: string) => /\]: line \d+$/.test(line)).length).toBeGreaterThan(190);
    expect(found.journal.at(-1)).toMatch(/witness\.service/);
    expect(found.properties).toMatchObject({
      Id: 'witness.service',
      Type: 'notify',
      ActiveState: 'active',
      ControlGroup: '/system.slice/witness.service',
      MainPID: expect.any(Number),
      StatusText: 'token=[masked]',
      Description: 'Serves at redis://[masked]@host/0',
      ActiveEnterTimestamp: expect.stringMatching(/^20\d\d-.*Z$/),
    });
    expect(found.cgroup).toMatchObject({ 'memory.current': expect.any(Number), 'pids.current': 1 });
    expect(found.gpuProcesses).toEqual([]);
    expect(found.missing).not.toHaveProperty('journal');
    for (const secret of [SECRET, TOKEN, 'plain-but-private']) expect(text).not.toContain(secret);
  });

  it('hides what was planted in the first lines, too', async () => {
    await lab.run([
      'systemd-run',
      '--wait',
      '--quiet',
      '--unit=short',
      'bash',
      '-c',
      `echo "with --api-key ${TOKEN}"; echo PASSWORD=${SECRET}`,
    ]);
    await lab.run(['journalctl', '--sync']);
    const { text, found } = await collect(readers, unitOf('short.service'));
    expect(found.journal.join('\n')).toMatch(/with --api-key \[masked\]\n.*PASSWORD=\[masked\]/);
    for (const secret of [SECRET, TOKEN]) expect(text).not.toContain(secret);
    expect(found.cgroup).toEqual({});
  });

  it('tells what is missing where nobody answers, without waiting for it', async () => {
    const broken = open({
      busAddress: 'unix:path=/nowhere/bus',
      journalctl: ['bash', '-c', 'exec sleep 60'],
    });
    const { found } = await collect(broken, unitOf('witness.service'));
    expect(found.missing).toMatchObject({
      journal: 'reading the journal: not done within 0.9 s',
      properties: expect.stringContaining('/nowhere/bus'),
      cgroup: expect.any(String),
    });
    await broken.stop();
  });

  it('has little of a unit of another manager', async () => {
    const ref = { manager: 'pidfile', scope: 'system', name: 'daemon' } as const;
    const { found } = await collect(readers, unitOf('daemon', { ref }));
    expect(found.missing).toMatchObject({ journal: expect.stringContaining('systemd') });
    expect(found.unit).toMatchObject({ manager: 'pidfile', name: 'daemon' });
  });

  it('costs no more than this, ten times', async () => {
    const times: number[] = [];
    for (let time = 0; time < 10; time += 1) {
      const since = performance.now();
      await collect(readers, unitOf('witness.service'));
      times.push(Math.round(performance.now() - since));
    }
    console.info(`ten collections of evidence, in ms: ${times.join(' ')}`);
    expect(times).toHaveLength(10);
  });

  it('goes with circumstances of this machine', async () => {
    const alert = { status: 'firing', labels: new Map(), startsAt: new Date(), fingerprint: 'a' } as const;
    const step = {
      action: 'stop',
      waitSeconds: 0,
      onlyIf: [{ text: '', quantity: 'memory_available_bytes', operator: '>', value: 0 }],
    } as const;
    const policy = {
      name: 'p',
      mode: 'enforce',
      when: [],
      unit: { kind: 'literal', name: 'witness.service' },
      allow: [],
      steps: [],
      giveUpSeconds: 1,
      cooldown: { baseSeconds: 1, factor: 1, maxSeconds: 1, resetAfterSeconds: 1 },
      limits: [],
      verify: { holdSeconds: 1, timeoutSeconds: 1, probe: undefined, gpuMemoryFreed: false },
      maxAlertAgeSeconds: 1,
      blame: { otherHandsSeconds: 0, packagesSeconds: 0, bootSeconds: 0 },
      undoesOnResolve: false,
    } as const;
    const unit = unitOf('witness.service').ref;
    const found = await readers.circumstances({ alert, policy, step, unit }, new AbortController().signal);
    expect(found).toMatchObject({
      pause: { known: true, value: undefined },
      secondsSinceBoot: { known: true, value: expect.any(Number) },
      packagesChangedAt: { known: true },
      alert: undefined,
      blockingXids: { known: true, value: [] },
      hottestCelsius: { known: true, value: undefined },
    });
    expect(found.quantities.get('memory_available_bytes')).toMatchObject({ known: true });
  });
});
