import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type GpusOptions, openGpus } from '../../src/app/gpus.ts';
import type { Kmsg } from '../../src/host/kmsg.ts';
import { kmsgOf } from '../fakes/kmsg.ts';
import { fakeNvidiaSmi } from '../fakes/nvidia-smi.ts';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { AGX_ORIN } from '../sources/jetson/boards.ts';
import { fakeProc } from '../sources/processes/fake-proc.ts';

const RADEON = {
  'class/drm/card1/device/vendor': '0x1002\n',
  'class/drm/card1/device/uevent': 'DRIVER=amdgpu\nPCI_ID=1002:744C\nPCI_SLOT_NAME=0000:0B:00.0\n',
  'class/drm/card1/device/power/runtime_status': 'active\n',
  'class/drm/card1/device/gpu_busy_percent': '43\n',
  'class/drm/card1/device/mem_info_vram_total': '25753026560\n',
  'class/drm/card1/device/mem_info_vram_used': '1073741824\n',
  'bus/pci/devices/0000:0b:00.0/vendor': '0x1002\n',
  'bus/pci/devices/0000:0b:00.0/class': '0x030000\n',
  'bus/pci/devices/0000:0b:00.0/uevent': 'DRIVER=amdgpu\nPCI_ID=1002:744C\n',
  'bus/pci/devices/0000:0b:00.0/config': 'AMD!',
};

/** An NVIDIA card at the address that the capture of a 4090 has. */
const GEFORCE = {
  'bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
  'bus/pci/devices/0000:01:00.0/class': '0x030000\n',
  'bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=nvidia\nPCI_ID=10DE:2684\n',
  'bus/pci/devices/0000:01:00.0/config': 'GPU!',
};

async function seenOn(options: Partial<GpusOptions>, open?: () => Kmsg) {
  const usual = { nvidia: undefined, sysfs: tempFolder(), procfs: fakeProc().path };
  const gpus = await openGpus({ ...usual, kernelLog: open !== undefined, ...options }, open);
  onTestFinished(() => gpus.stop());
  return gpus.read();
}

describe('openGpus', () => {
  it('finds nothing on a machine without any', async () => {
    expect(await seenOn({})).toEqual({ gpus: [], nvidia: undefined, problems: [] });
  });

  it('reads a GPU of AMD, and who has it open', async () => {
    const proc = fakeProc();
    const fdinfo =
      'drm-driver:\tamdgpu\ndrm-client-id:\t1\ndrm-pdev:\t0000:0b:00.0\ndrm-memory-vram:\t512 KiB\n';
    const files = { 5: { to: '/dev/dri/renderD128', fdinfo } };
    proc.start(10, { cgroup: '/system.slice/render.service', files });
    const { gpus, problems } = await seenOn({ sysfs: tempFolder(RADEON), procfs: proc.path });
    expect(problems).toEqual([]);
    expect(gpus).toMatchObject([
      {
        reading: { gpu: '1', vendor: 'amd', utilization: { gpu: 0.43 }, memory: { used: 2 ** 30 } },
        state: 'present',
        driver: 'amdgpu',
        users: [{ unit: 'render.service', processes: 1, memoryBytes: 512 * 1024, list: [] }],
        xids: undefined,
      },
    ]);
  });

  it('says that it cannot tell who uses a GPU of AMD where procfs cannot be read', async () => {
    const procfs = join(tempFolder(), 'proc');
    symlinkSync('proc', procfs);
    const { gpus, problems } = await seenOn({ sysfs: tempFolder(RADEON), procfs });
    expect(gpus).toMatchObject([{ state: 'present', users: undefined }]);
    expect(problems).toEqual([expect.stringMatching(/^finding who uses AMD and Intel GPUs: .*ELOOP/)]);
  });

  it('reads the GPU of a Jetson, and not again what nvidia-smi says of it', async () => {
    const { path, env } = fakeNvidiaSmi('replay', nvidiaCapture('jetson-orin-driver-540'));
    const sysfs = `${tempFolder(AGX_ORIN)}/sys`;
    const { gpus } = await seenOn({ sysfs, nvidia: { path, env } });
    expect(gpus).toMatchObject([{ reading: { vendor: 'jetson', utilization: { gpu: 0.437 } } }]);
  });

  it('tells a container by itself that is in no unit', async () => {
    const proc = fakeProc();
    proc.start(9021, { cgroup: `/docker/${'3f1a'.repeat(16)}` });
    proc.start(1520, { cgroup: '/' });
    proc.start(1733, { cgroup: '/' });
    const { path, env } = fakeNvidiaSmi('replay', nvidiaCapture('rtx-4090-driver-595'));
    const { gpus } = await seenOn({ procfs: proc.path, nvidia: { path, env } });
    const users = gpus[0]?.users ?? [];
    expect(users).toHaveLength(2);
    expect(users).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          unit: '',
          container: '3f1a3f1a3f1a',
          list: [expect.objectContaining({ pid: 9021 })],
        }),
        expect.objectContaining({ unit: '', container: undefined, processes: 2 }),
      ]),
    );
  });

  it('knows the units of processes, those of none, and those of which it cannot tell', async () => {
    const proc = fakeProc();
    proc.start(9021, { cgroup: '/system.slice/system-comfyui.slice/comfyui@a.service' });
    proc.start(1520, { cgroup: '/' });
    const { path, env } = fakeNvidiaSmi('replay', nvidiaCapture('rtx-4090-driver-595'));
    const { gpus, nvidia } = await seenOn({ procfs: proc.path, nvidia: { path, env } });
    expect(nvidia).toMatchObject({ success: true, problem: undefined });
    const users = gpus[0]?.users ?? [];
    expect(users).toHaveLength(3);
    expect(users).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ unit: 'comfyui@a.service', processes: 1, memoryBytes: 18_020 * 2 ** 20 }),
        expect.objectContaining({ unit: '', list: [expect.objectContaining({ pid: 1520 })] }),
        expect.objectContaining({ unit: undefined, list: [expect.objectContaining({ pid: 1733 })] }),
      ]),
    );
  });

  it('shows the GPUs of others, and the card as the bus knows it, where nvidia-smi hangs', async () => {
    const { path, env } = fakeNvidiaSmi('hang');
    const { gpus, nvidia } = await seenOn({
      sysfs: tempFolder({ ...RADEON, ...GEFORCE }),
      nvidia: { path, env, timeoutMs: 200, killAfterMs: 200 },
    });
    expect(nvidia?.problem).toContain('did not answer within 0.2 s');
    expect(gpus).toMatchObject([
      { reading: { vendor: 'amd', gpu: '1' }, state: 'present' },
      { reading: { vendor: 'nvidia', gpu: '', pciBusId: '0000:01:00.0' }, state: 'unread', driver: 'nvidia' },
    ]);
  });

  it.each(['lost', 'lost-alone'] as const)(
    'shows the GPU that nvidia-smi calls lost as such (%s)',
    async (mode) => {
      const { path, env } = fakeNvidiaSmi(mode, nvidiaCapture('rtx-4090-driver-595'));
      const { gpus } = await seenOn({ sysfs: tempFolder(GEFORCE), nvidia: { path, env } });
      expect(gpus.map(({ reading, state }) => [reading.pciBusId, state])).toEqual([
        ['0000:01:00.0', mode === 'lost' ? 'present' : 'unread'],
        ['0000:02:00.0', 'lost'],
      ]);
    },
  );

  it('shows a card that does not answer on the bus as lost', async () => {
    const sysfs = tempFolder(GEFORCE);
    writeFileSync(join(sysfs, 'bus/pci/devices/0000:01:00.0/config'), Buffer.alloc(4, 0xff));
    expect((await seenOn({ sysfs })).gpus).toMatchObject([
      { reading: { pciBusId: '0000:01:00.0' }, state: 'lost', users: undefined },
    ]);
  });

  it('knows from the log of the kernel what happened to GPUs, what they need, and which is lost', async () => {
    const xid = (seq: number, address: string, text: string) =>
      `4,${seq},2000000,-;NVRM: Xid (PCI:${address}): ${text}\n`;
    // The first is the GPU of the capture, whose driver does not say itself what it needs.
    const log = kmsgOf(
      xid(1, '0000:3b:00', '154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)'),
      xid(2, '0000:01:00', '79, GPU has fallen off the bus.'),
    );
    const { path, env } = fakeNvidiaSmi('replay', nvidiaCapture('v100-driver-450'));
    const { gpus } = await seenOn({ sysfs: tempFolder(GEFORCE), nvidia: { path, env } }, log);
    expect(gpus).toMatchObject([
      { reading: { gpu: '0', recoveryAction: 1 }, state: 'present', xids: [{ xid: '154', count: 1 }] },
      { reading: { pciBusId: '0000:01:00.0' }, state: 'lost', xids: [{ xid: '79', count: 1 }] },
    ]);
  });

  it('says what could not be read, and gives the rest', async () => {
    const { path, env } = fakeNvidiaSmi('replay', nvidiaCapture('l4-driver-570'));
    const sysfs = tempFolder({ 'class/drm': 'not a folder' });
    symlinkSync('drm', join(sysfs, 'class/loop'));
    rmSync(join(sysfs, 'class/drm'));
    symlinkSync('loop', join(sysfs, 'class/drm'));
    const { gpus, problems } = await seenOn({ sysfs, nvidia: { path, env } });
    expect(gpus).toMatchObject([{ reading: { info: { name: 'NVIDIA L4' } } }]);
    expect(problems).toEqual([`reading AMD and Intel GPUs: listing ${sysfs}/class/drm: ELOOP`]);
  });
});
