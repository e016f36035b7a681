import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { manyGpus } from '../fakes/nvidia-smi-documents.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { promisedOfDocument } from './gpu-promises.ts';
import { brokenPromises } from './series.ts';

const GPUS = 16;
const SCRAPES = 50;

describeLab(`the exporter on a machine of ${GPUS} GPUs`, () => {
  let lab: Lab;
  let exporter: LabExporter;
  const document = manyGpus('a100-driver-525', GPUS);

  beforeAll(async () => {
    lab = await startLab();
    mkdirSync(join(lab.dir, 'sysfs'));
    writeFileSync(join(lab.dir, 'document.xml'), document);
    const path = join(lab.dir, 'nvidia-smi');
    const lines = [`echo >>'${join(lab.dir, 'starts')}'`, `exec cat '${join(lab.dir, 'document.xml')}'`];
    writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(path, 0o755);
    // It is read once at the start, and not again in this test.
    const nvidia = { path, interval: '10m' };
    exporter = await startExporter(lab, { sysfs: join(lab.dir, 'sysfs'), gpu: { nvidia } });
    await exporter.until('all GPUs have been read', (page) =>
      page.values('gpu_info').length === GPUS ? page : undefined,
    );
  });
  afterAll(() => lab?.stop());

  it('shows every value that the document gives', async () => {
    const { series } = await exporter.scrape();
    // Single processes are not asked for.
    const expected = [...promisedOfDocument(document).expected].filter(
      ([key]) => !key.startsWith('gpu_process_memory_used_bytes'),
    );
    expect(brokenPromises(series, new Map(expected))).toEqual([]);
    expect(expected.length).toBeGreaterThan(GPUS * 50);
  });

  it(`starts no process in ${SCRAPES} scrapes`, async () => {
    const before = offspring(exporter.process.pid);
    for (let scrapes = 0; scrapes < SCRAPES; scrapes += 1) await exporter.scrape();
    expect(offspring(exporter.process.pid)).toEqual(before);
    expect(readFileSync(join(lab.dir, 'starts'), 'utf8')).toBe('\n');
  });
});

/** The children of a process, and the page faults of those that have ended: each has some. */
function offspring(pid: number): { readonly living: readonly string[]; readonly faults: string | undefined } {
  const living = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(pid));
  return { living, faults: statOf(String(pid))[8] };
}

/** The fields of its `stat` behind the name: state, parent, and so on. */
function statOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return []; // it has just ended
  }
}
