import { describe, expect, it } from 'vitest';
import {
  createNvidiaSmiParser,
  type NvidiaSmiReading,
  parseNvidiaSmi,
} from '../../../src/sources/nvidia/parse.ts';
import { manyGpus, nvidiaCapture, nvidiaCaptures } from '../../fakes/nvidia-smi-documents.ts';

const MIB = 1024 * 1024;
/** The process of the capture that computes. */
const NAME = '/opt/venv/bin/python';
const DOCUMENT = nvidiaCapture('rtx-3090-driver-470');
const TRUTH = reading(DOCUMENT);

function reading(output: string): NvidiaSmiReading {
  const parsed = parseNvidiaSmi(output);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

/** The capture, with a process that goes by this name. */
const named = (name: string): string => DOCUMENT.replace(`>${NAME}<`, () => `>${name}<`);

const INDENT = '\n\t\t\t\t';

const NAMES: readonly string[] = [
  '[GPU is lost]',
  'GPU requires reset',
  '[GPU requires reset]',
  'python -c print(1<2)',
  'a</process_name>',
  'x</nvidia_smi_log>',
  '<?xml version="1.0"?><nvidia_smi_log>',
  '<supported_clocks>',
  '<process_name>',
  '</process_name><process_name>',
  '<![CDATA[',
  '<!--',
  ']]>',
  '<a b=',
  '</gpu></nvidia_smi_log>',
  '</process_name><used_memory>0 MiB</used_memory></process_info>',
  '</process_name><used_memory>0 MiB</used_memory></process_info><process_info><pid>1</pid><process_name>a',
  '</process_name><used_memory>0 MiB</used_memory></process_info></processes><fan_speed>1 %</fan_speed>',
  '</process_name></process_info></processes></gpu><gpu id="0"><processes><process_info><process_name>',
  `</process_name>${INDENT}<used_memory>0 MiB</used_memory>`,
  `</process_name>${INDENT}<used_memory>0 MiB</used_memory></process_info></processes>`,
  `</process_name>${INDENT}</process_info>`,
  '</process_name>'.repeat(3000),
];

/** Each with what the title of its test shows of it. */
const HOSTILE = NAMES.map((name) => [name.slice(0, 100), name] as const);

describe('the name of a process', () => {
  it.each(HOSTILE)('changes nothing but itself: %j', (_, name) => {
    const found = reading(named(name));
    const [gpu] = found.gpus;
    const [process] = (gpu?.processes ?? []).filter(({ pid }) => pid !== TRUTH.gpus[0]?.processes?.[0]?.pid);
    expect(name.trim().startsWith(process?.name.slice(0, 4096) ?? '?') || process?.name === '').toBe(true);
    const restored = gpu?.processes?.map((one) => (one === process ? { ...one, name: NAME } : one));
    expect({ ...found, gpus: [{ ...gpu, processes: restored }] }).toEqual({
      ...TRUTH,
      unavailable: found.unavailable,
    });
    expect(found.lost).toEqual([]);
  });

  it.each(HOSTILE)('is the same in whatever parts it comes: %j', (_, name) => {
    const text = named(name);
    for (const size of [1, 7, 2048]) {
      const found: unknown[] = [];
      const parser = createNvidiaSmiParser({ document: (one) => found.push(one), outside: () => undefined });
      for (let at = 0; at < text.length; at += size) parser.write(text.slice(at, at + size));
      parser.end();
      expect(found).toEqual([reading(text)]);
    }
  });

  it('is kept as it is', () => {
    const name = 'sh -c </process_name><used_memory>0 MiB</used_memory> && a < b > c & d';
    expect(reading(named(name)).gpus[0]?.processes).toContainEqual({
      ...TRUTH.gpus[0]?.processes?.find((one) => one.name === NAME),
      name,
    });
  });

  it('says nothing of a GPU, whatever lines it holds', () => {
    const rest = `${INDENT}<used_memory>0 MiB</used_memory>\n\t\t\t</process_info>`;
    const open = '<process_info><pid>1</pid><process_name>a';
    const forged = '<gpu_recovery_action>Node Reboot</gpu_recovery_action><x>[GPU is lost]</x>';
    const name = `a</process_name>${rest}\n\t\t</processes>${forged}<processes>${open}`;
    const found = reading(named(name));
    const { processes: _, ...gpu } = found.gpus[0] ?? {};
    const { processes, ...truth } = TRUTH.gpus[0] ?? {};
    expect(gpu).toEqual(truth);
    expect(found.lost).toEqual([]);
  });

  it('does not hide GPUs by more of them than are attached: that is told', () => {
    const forged = manyGpus('rtx-3090-driver-470', 2).replace(/<attached_gpus>2/, '<attached_gpus>1');
    expect(parseNvidiaSmi(forged)).toEqual(new Error('there are 2 GPUs in it, and 1 attached'));
  });

  it('ends somewhere in a layout that nobody knows', () => {
    const text =
      '<nvidia_smi_log><gpu><processes><process_info><pid>7</pid><process_name>a</process_name><b><c/></b></process_info></processes></gpu></nvidia_smi_log>';
    expect(reading(text).gpus[0]?.processes).toMatchObject([{ pid: 7, name: 'a' }]);
  });

  it.each(nvidiaCaptures())('ends where it did in %s', (capture) => {
    const names = [...nvidiaCapture(capture).matchAll(/<process_name>(.*)<\/process_name>/g)];
    const found = reading(nvidiaCapture(capture)).gpus.flatMap(({ processes = [] }) => processes);
    expect(found.filter(({ name }) => name !== '').length).toBe(
      names.filter(([, name = '']) => !name.startsWith('[')).length,
    );
    for (const { memoryBytes } of found) expect(memoryBytes === undefined || memoryBytes >= MIB).toBe(true);
  });
});
