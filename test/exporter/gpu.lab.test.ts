import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { promtoolObjections } from './promtool.ts';

const CAPTURE = 'rtx-4090-driver-595';

/** The process of the capture that computes; its place is taken by one that runs here. */
const COMPUTES = '<pid>9021</pid>';

describeStack('the exporter on a machine with a GPU, whose nvidia-smi replays a capture', () => {
  let lab: Lab;
  let exporter: LabExporter;
  let document: string;

  beforeAll(async () => {
    lab = await startLab();
    await lab.writeUnit('comfyui@.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await lab.run(['systemctl', 'start', 'comfyui@a.service']);
    const { stdout } = await lab.run(['systemctl', 'show', '-P', 'MainPID', 'comfyui@a.service']);
    document = nvidiaCapture(CAPTURE).replace(COMPUTES, `<pid>${stdout.trim()}</pid>`);
    const address = /<gpu id="0*([0-9A-F]{4}:[0-9A-F:.]+)">/.exec(document)?.[1]?.toLowerCase() ?? '';
    putFile(`sysfs/bus/pci/devices/${address}/vendor`, '0x10de\n');
    putFile(`sysfs/bus/pci/devices/${address}/class`, '0x030000\n');
    putFile('document.xml', document);
    putFile('nvidia-smi', `#!/bin/sh\nexec cat '${join(lab.dir, 'document.xml')}'\n`);
    chmodSync(join(lab.dir, 'nvidia-smi'), 0o755);
    exporter = await startExporter(lab, {
      sysfs: join(lab.dir, 'sysfs'),
      gpu: { nvidia: { path: join(lab.dir, 'nvidia-smi'), interval: '1s' } },
    });
  });
  afterAll(() => lab?.stop());

  function putFile(name: string, text: string): void {
    const path = join(lab.dir, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }

  it('tells what the GPU does', async () => {
    const page = await exporter.until('the GPU has been read', (now) =>
      now.values('gpu_info').length === 1 ? now : undefined,
    );
    expect(page.values('gpu_info', { vendor: 'nvidia', name: 'NVIDIA GeForce RTX 4090' })).toEqual([1]);
    const used = /<fb_memory_usage>[\s\S]*?<used>(\d+) MiB/.exec(document)?.[1];
    expect(page.values('gpu_memory_used_bytes')).toEqual([Number(used) * 2 ** 20]);
    expect(page.values('gpu_collect_success', { backend: 'nvidia-smi' })).toEqual([1]);
  });

  it('says which unit uses it', async () => {
    const page = await exporter.until('the unit is known', (now) =>
      now.values('gpu_unit_processes', { unit: 'comfyui@a.service', scope: 'system' }).length === 1
        ? now
        : undefined,
    );
    expect(page.values('gpu_unit_memory_used_bytes', { unit: 'comfyui@a.service' })).toEqual([
      18_020 * 2 ** 20,
    ]);
  });

  it('says that no GPU is lost, and that all that should be there are', async () => {
    const page = await exporter.until('the bus has been read', (now) =>
      now.values('gpu_devices', { state: 'visible' }).length === 1 ? now : undefined,
    );
    expect(page.values('gpu_lost')).toEqual([0]);
    expect(page.values('gpu_devices', { vendor: 'nvidia', state: 'expected' })).toEqual([1]);
    expect(page.values('gpu_devices', { vendor: 'nvidia', state: 'visible' })).toEqual([1]);
  });

  it('gives promtool nothing to object to', async () => {
    expect(await promtoolObjections((await exporter.scrape()).text)).toEqual([]);
  });

  it('shows no old values once nvidia-smi fails, and says so', async () => {
    putFile('document.xml', 'Unable to determine the device handle for GPU0: Unknown Error\n');
    const page = await exporter.until('the failure is seen', (now) =>
      now.values('gpu_collect_success', { backend: 'nvidia-smi' })[0] === 0 ? now : undefined,
    );
    expect(page.values('gpu_info')).toEqual([]);
    expect(page.values('gpu_devices', { vendor: 'nvidia', state: 'expected' })).toEqual([1]);
    expect(page.values('gpu_collect_failures_total').reduce((sum, count) => sum + count, 0)).toBeGreaterThan(
      0,
    );
  });
});
