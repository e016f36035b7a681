import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPTURES, capturedRecords, eventsOf, kernelSays } from './captured.ts';

const SAMPLES = join(import.meta.dirname, '../../../../shared/samples/kernel-log');

/** The folder of recorded logs where there is one; it is no part of the project. */
const RECORDED = existsSync(SAMPLES) ? [SAMPLES] : [];

const xid = (pciBusId: string, number: number, more: object = {}) => ({
  kind: 'xid',
  pciBusId,
  xid: number,
  pid: undefined,
  processName: '',
  gpuInstance: undefined,
  recoveryAction: undefined,
  ...more,
});
const lost = (pciBusId: string) => ({ kind: 'gpu-lost', pciBusId });
const oomKill = (pid: number, processName: string, cgroup: string) => ({
  kind: 'oom-kill',
  pid,
  processName,
  cgroup,
});
const ioError = (device: string) => ({ kind: 'io-error', device });
const damage = (filesystem: string, device: string) => ({ kind: 'filesystem-error', filesystem, device });
const trouble = (driver: string, pciBusId: string, what: string) => ({
  kind: 'gpu-driver',
  driver,
  pciBusId,
  trouble: what,
});

describe('createEventReader', () => {
  it('reads what NVIDIA drivers say, in all their wordings', () => {
    expect(eventsOf(capturedRecords('nvidia'))).toEqual([
      {
        kind: 'gpu-identified',
        pciBusId: '0000:41:00.0',
        uuid: 'GPU-01234567-89ab-cdef-0123-456789abcdef',
      },
      xid('0000:41:00.0', 79),
      lost('0000:41:00.0'),
      xid('0000:42:00.0', 31, { pid: 4711, processName: 'py' }),
      xid('0000:42:00.0', 94, { pid: 4712, gpuInstance: '03' }),
      xid('0000:43:00.0', 13),
      xid('0009:01:00.0', 154, { recoveryAction: 1 }),
      xid('0000:44:00.0', 48),
      lost('0000:45:00.0'),
      lost('0000:46:00.0'),
      lost('0000:47:00.0'),
      trouble('nvidia', '0000:48:00.0', 'init_failed'),
      { kind: 'sxid', pciBusId: '0000:c1:00.0', sxid: 20034, severity: 'fatal' },
      { kind: 'sxid', pciBusId: '0000:c1:00.0', sxid: 12028, severity: 'non_fatal' },
    ]);
  });

  it('tells whom the kernel killed for want of memory, and in which cgroup', () => {
    expect(eventsOf(capturedRecords('memory'))).toEqual([
      oomKill(501, 'eater', '/system.slice/eater.service/inner'),
      oomKill(502, 'tab', '/user.slice/user-1000.slice/user@1000.service/app.slice/browser.service'),
      oomKill(503, 'one', '/system.slice/group.service'),
      oomKill(504, 'two', '/system.slice/group.service'),
      oomKill(505, 'torn', '/system.slice/torn.service'),
      oomKill(506, 'old', ''),
    ]);
  });

  it('reads errors of disks and file systems', () => {
    expect(eventsOf(capturedRecords('storage'))).toEqual([
      ioError('sdx'),
      ioError('nvme7n1'),
      ioError('sdx1'),
      ioError('nvme7'),
      ioError('nvme7'),
      ioError('nvme7'),
      damage('ext4', 'sdx1'),
      damage('ext4', 'sdx1'),
      damage('jbd2', 'sdx1'),
      damage('btrfs', 'dm-5'),
      damage('btrfs', 'dm-5'),
      damage('btrfs', 'dm-5'),
      damage('xfs', 'md127'),
      damage('fat', 'sdy1'),
      damage('f2fs', 'sdz'),
    ]);
  });

  it('reads trouble of other GPUs, and heat', () => {
    expect(eventsOf(capturedRecords('gpus-and-heat'))).toEqual([
      trouble('amdgpu', '', 'timeout'),
      trouble('amdgpu', '0000:0a:00.0', 'timeout'),
      trouble('amdgpu', '0000:0a:00.0', 'reset'),
      trouble('amdgpu', '0000:0a:00.0', 'reset_failed'),
      trouble('amdgpu', '0000:0a:00.0', 'reset_failed'),
      trouble('amdgpu', '0000:0a:00.0', 'lost'),
      trouble('i915', '0000:00:02.0', 'hang'),
      trouble('i915', '', 'hang'),
      trouble('i915', '0000:00:02.0', 'reset'),
      trouble('xe', '0000:03:00.0', 'timeout'),
      trouble('xe', '0000:03:00.0', 'wedged'),
      { kind: 'thermal-throttle', scope: 'core' },
      { kind: 'thermal-throttle', scope: 'package' },
    ]);
  });

  it.each(RECORDED)('finds an event in every Xid and loss of the recorded lines in %s', (folder) => {
    const text = readFileSync(join(folder, 'nvrm-lines.txt'), 'utf8');
    // A line that goes on in further lines is one record with line breaks.
    const records = text.replace(/^\[[\d.]+\] /gm, '').split(/\n(?! )/);
    const telling = records.filter((record) => /Xid \(|fallen off|RmInit|GPU at PCI:\S+: GPU-/s.test(record));
    expect(eventsOf(records.map((record) => kernelSays(record)))).toHaveLength(telling.length);
    expect(telling.length).toBeGreaterThan(20);
  });

  it.each(RECORDED)('counts each Xid 119 of a recorded log in %s once', (folder) => {
    const text = readFileSync(join(folder, 'gpud-dmesg-with-xid-119.log'), 'utf8');
    const records = text.split('\n').map((line) => kernelSays(line.replace(/^\[[^\]]*\] /, '')));
    const events = eventsOf(records);
    expect(events.map(({ kind }) => kind)).toEqual(['gpu-identified', 'xid', 'xid', 'xid', 'xid', 'xid']);
  });

  it('believes nothing that a program wrote to the kernel log', () => {
    const forged = CAPTURES.flatMap(capturedRecords).map((record) => ({ ...record, facility: 1 }));
    expect(eventsOf(forged)).toEqual([]);
  });

  it('takes an action that it does not know for none', () => {
    const text = 'NVRM: Xid (PCI:0000:01:00): 154, GPU recovery action changed from 0x0 (None) to 0x9 (New)';
    expect(eventsOf([kernelSays(text)])).toEqual([xid('0000:01:00.0', 154)]);
  });

  it('tells once of what goes on in further records', () => {
    const begins = kernelSays('EXT4-fs error (device sdx1): ext4_lookup:1: inode #2: comm ls:');
    const goesOn = kernelSays(' deleted inode', { continues: true });
    expect(eventsOf([begins, goesOn, goesOn])).toEqual([damage('ext4', 'sdx1')]);
  });

  it('takes a fragment alone for nothing: names that anybody may choose can begin it', () => {
    const forged = kernelSays('NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.', {
      continues: true,
    });
    expect(eventsOf([forged])).toEqual([]);
    expect(eventsOf([kernelSays('harmless'), forged])).toEqual([]);
  });

  it('puts together what another CPU has torn, where writers have no names too', () => {
    const nameless = capturedRecords('memory').map((record) => ({ ...record, caller: '' }));
    expect(eventsOf(nameless)).toEqual(eventsOf(capturedRecords('memory')));
  });

  it('does not wait for ever for the rest of a sentence', () => {
    const begins = kernelSays('NVRM: The NVIDIA GPU 0000:46:00.0');
    const rest = [
      kernelSays('NVRM: (PCI ID: 10de:0001) installed in this system has'),
      kernelSays('NVRM: fallen off the bus and is not responding to commands.'),
    ];
    const between = (count: number) => Array.from({ length: count }, () => kernelSays('harmless'));
    expect(eventsOf([begins, ...between(5), ...rest])).toEqual([lost('0000:46:00.0')]);
    expect(eventsOf([begins, ...between(20), ...rest])).toEqual([]);
  });
});

describe('texts that anybody may choose', () => {
  const telling = CAPTURES.flatMap(capturedRecords).map(({ text }) => text);
  /** The name of a task is 15 bytes long at most. */
  const taskName = fc.string({ unit: 'binary', maxLength: 15 });
  const fileName = fc.string({ unit: 'binary' });
  /** Sentences of the kernel in which such names stand. */
  const sentences: readonly ((task: string, file: string) => string)[] = [
    (task, file) =>
      `${task}[12]: segfault at 0 ip 0000 sp 0000 error 4 in ${file}[1000+2000] likely on CPU 0`,
    (task, file) => `traps: ${task}[12] general protection fault ip:0 sp:0 error:0 in ${file}[1000+2000]`,
    (task) => `${task} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`,
    (task, file) => `${task}: page allocation failure: order:0, mode:0x0(), nodemask=(null),cpuset=${file}`,
    (task) => `CPU: 0 PID: 12 Comm: ${task} Not tainted 6.1.0`,
    (_, file) => `Memory cgroup stats for /system.slice/${file}:`,
    (_, file) => `usb 1-1: Product: ${file}`,
    (task, file) => `audit: type=1400 audit(1.0:1): apparmor="DENIED" name="${file}" comm="${task}"`,
  ];

  it('tell of nothing, however well they imitate the beginning of a record', () => {
    const fooled = telling.flatMap((text) =>
      Array.from({ length: 15 }, (_, end) => text.slice(0, end + 1)).flatMap((task) =>
        sentences
          .flatMap((sentence) => [
            sentence(task, text),
            sentence(task, `a\n${text}`),
            sentence(`\n${task}`, ''),
          ])
          .filter((record) => eventsOf([kernelSays(record)]).length > 0),
      ),
    );
    expect(fooled).toEqual([]);
  });

  it('tell of nothing, whatever they are', () => {
    fc.assert(
      fc.property(taskName, fileName, fc.constantFrom(...sentences), (task, file, sentence) => {
        expect(eventsOf([kernelSays(sentence(task, file))])).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('never change what a record tells beyond their own place', () => {
    fc.assert(
      fc.property(taskName, (task) => {
        const text = `Memory cgroup out of memory: Killed process 12 (${task}) total-vm:1kB, anon-rss:1kB`;
        expect(eventsOf([kernelSays(text)])).toMatchObject([{ kind: 'oom-kill', pid: 12, cgroup: '' }]);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...telling),
        fc.nat(300),
        fc.string({ unit: 'binary' }),
        (text, at, noise) => {
          eventsOf([
            kernelSays(text.slice(0, at) + noise + text.slice(at)),
            kernelSays(noise, { continues: true }),
          ]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
