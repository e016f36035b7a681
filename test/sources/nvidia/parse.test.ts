import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import { type NvidiaSmiReading, parseNvidiaSmi } from '../../../src/sources/nvidia/parse.ts';
import { manyGpus, nvidiaCapture, nvidiaCaptures } from '../../fakes/nvidia-smi-documents.ts';

const MIB = 1024 * 1024;
/** Recorded by others, and not part of the project. */
const SAMPLES = fileURLToPath(new URL('../../../../shared/samples/nvidia-smi-xml/', import.meta.url));

function reading(output: string): NvidiaSmiReading {
  const parsed = parseNvidiaSmi(output);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

function gpuOf(capture: string, index = 0): GpuReading {
  const gpu = reading(nvidiaCapture(capture)).gpus[index];
  if (gpu === undefined) throw new Error(`no GPU ${index} in ${capture}`);
  return gpu;
}

/** A document with one GPU of these elements. */
const withGpu = (elements: string): string => `<nvidia_smi_log><gpu>${elements}</gpu></nvidia_smi_log>`;

function problemOf(output: string): string {
  const parsed = parseNvidiaSmi(output);
  if (!(parsed instanceof Error)) throw new Error('expected an Error');
  return parsed.message;
}

describe('every capture', () => {
  it.each(nvidiaCaptures())(
    '%s says that it is synthetic, and has no value that is not understood',
    (name) => {
      const text = nvidiaCapture(name);
      expect(text.split('\n').slice(0, 3).join('\n')).toContain('<!-- Synthetic');
      const { gpus, attached, unparsed } = reading(text);
      expect(unparsed).toEqual([]);
      expect(gpus).toHaveLength(attached ?? -1);
    },
  );

  const samples = existsSync(SAMPLES) ? readdirSync(SAMPLES) : [];
  it.each(samples)('so has the recorded sample %s', (name) => {
    const { gpus, unparsed } = reading(readFileSync(`${SAMPLES}${name}`, 'utf8'));
    expect(unparsed).toEqual([]);
    expect(gpus.length).toBeGreaterThan(0);
    for (const gpu of gpus) {
      expect(gpu.uuid).toMatch(/^GPU-/);
      for (const process of gpu.processes ?? []) expect(process.name).not.toContain('<');
    }
  });
});

describe('a desktop card with driver 595', () => {
  it('is read whole', () => {
    expect(gpuOf('rtx-4090-driver-595')).toEqual({
      gpu: '0',
      uuid: 'GPU-00000595-1111-2222-3333-000000000595',
      vendor: 'nvidia',
      pciBusId: '0000:01:00.0',
      info: {
        name: 'NVIDIA GeForce RTX 4090',
        driverVersion: '595.58.03',
        cudaVersion: '13.2',
        vbiosVersion: '95.02.3C.80.9B',
        persistenceMode: 'Disabled',
        computeMode: 'Default',
      },
      utilization: { gpu: 0.96, memory: 0.41, encoder: 0, decoder: 0, jpeg: 0, ofa: 0 },
      memory: {
        total: 24564 * MIB,
        used: 18231 * MIB,
        free: 5848 * MIB,
        reserved: 485 * MIB,
        bar1Used: 18260 * MIB,
      },
      temperatures: { gpu: 61 },
      thresholds: { shutdown: 100, slowdown: 97, max_operating: 90, target: 84 },
      temperatureMargin: undefined,
      powerWatts: 437.55,
      powerLimits: { enforced: 450, default: 450, min: 150, max: 600 },
      clocks: { graphics: 2.685e9, sm: 2.685e9, memory: 10.251e9, video: 2.01e9 },
      maxClocks: { graphics: 3.105e9, sm: 3.105e9, memory: 10.501e9, video: 2.415e9 },
      fanRatio: 0.3,
      performanceState: 2,
      throttle: {
        idle: false,
        app_clocks: false,
        sw_power_cap: true,
        hw_slowdown: false,
        hw_thermal: false,
        hw_power_brake: false,
        sync_boost: false,
        sw_thermal: false,
        display: false,
      },
      throttleSeconds: { sw_power_cap: 1.25, sync_boost: 0, sw_thermal: 0, hw_thermal: 0, hw_power_brake: 0 },
      pcie: {
        generation: 1,
        generationMax: 4,
        width: 16,
        widthMax: 16,
        replays: 0,
        sentBytesPerSecond: 150_000,
        receivedBytesPerSecond: 250_000,
      },
      eccVolatile: [],
      eccAggregate: [],
      retiredPages: {},
      remappedRows: {},
      remapPending: undefined,
      remapFailure: undefined,
      recoveryAction: 0,
      mig: [],
      processes: [
        { pid: 1520, name: '/usr/lib/xorg/Xorg', type: 'G', memoryBytes: 96 * MIB },
        { pid: 1733, name: '/usr/bin/gnome-shell --mode=user', type: 'C+G', memoryBytes: 41 * MIB },
        {
          pid: 9021,
          name: '/srv/comfyui/venv/bin/python main.py',
          type: 'C',
          memoryBytes: 18020 * MIB,
        },
      ],
    } satisfies GpuReading);
  });

  it('counts what the driver does not give', () => {
    const { unavailable } = reading(nvidiaCapture('rtx-4090-driver-595'));
    expect(unavailable.get('temperature.memory')).toBe(1);
    expect(unavailable.get('remapped_rows')).toBe(1);
    expect(unavailable.get('ecc_volatile.dram_correctable')).toBe(1);
    expect(unavailable.has('fan_speed')).toBe(false);
  });
});

describe('what drivers have called differently', () => {
  it.each([
    ['gtx-970-driver-352', 17.42, { enforced: 163, default: 163, min: 100, max: 196 }],
    ['rtx-3090-driver-470', 348.87, { enforced: 350, default: 350, min: 100, max: 366 }],
    ['a100-mig-driver-535', 55.1, { enforced: 400, default: 400, min: 100, max: 400 }],
    ['reset-required-driver-560', 35.91, { enforced: 140, default: 140, min: 100, max: 140 }],
    ['l4-driver-570', 71.34, { enforced: 72, default: 72, min: 40, max: 72 }],
  ])('power of %s', (capture, powerWatts, powerLimits) => {
    expect(gpuOf(capture)).toMatchObject({ powerWatts, powerLimits });
  });

  it.each([
    ['gtx-970-driver-352', ['idle'], 4],
    ['v100-driver-450', ['sw_power_cap'], 9],
    ['a100-driver-525', ['hw_slowdown', 'hw_power_brake'], 9],
    ['l4-driver-570', ['sw_power_cap'], 9],
    ['h100-mig-driver-590', [], 9],
  ])('why %s is throttled', (capture, active, count) => {
    const reasons = Object.entries(gpuOf(capture).throttle);
    expect(reasons).toHaveLength(count);
    expect(reasons.filter(([, isActive]) => isActive).map(([reason]) => reason)).toEqual(active);
  });

  const ecc = (dramC: number, dramU: number, sramC: number, sramU: number) => [
    { memory: 'dram', severity: 'corrected', count: dramC },
    { memory: 'dram', severity: 'uncorrected', count: dramU },
    { memory: 'sram', severity: 'corrected', count: sramC },
    { memory: 'sram', severity: 'uncorrected', count: sramU },
  ];
  it.each([
    ['v100-driver-450', ecc(2, 0, 1, 0), ecc(17, 1, 3, 0)],
    ['a100-driver-525', ecc(5, 1, 0, 0), ecc(29, 2, 1, 0)],
    ['l4-driver-570', ecc(0, 0, 0, 1), ecc(0, 0, 4, 3)],
  ])('memory errors of %s', (capture, eccVolatile, eccAggregate) => {
    const gpu = gpuOf(capture);
    expect(gpu.eccVolatile).toEqual(expect.arrayContaining(eccVolatile));
    expect(gpu.eccVolatile).toHaveLength(4);
    expect(gpu.eccAggregate).toEqual(expect.arrayContaining(eccAggregate));
    expect(gpu.eccAggregate).toHaveLength(4);
  });

  it.each([
    ['a100-driver-525', 0],
    ['reset-required-driver-560', 1],
    ['l4-driver-570', 0],
    ['h100-mig-driver-590', 3],
    ['rtx-3090-driver-470', undefined],
  ])('what would bring %s back to health: %s', (capture, recoveryAction) => {
    expect(gpuOf(capture).recoveryAction).toBe(recoveryAction);
  });

  it.each([
    ['<gpu_recovery_action>GPU Reset</gpu_recovery_action>', 1],
    ['<gpu_recovery_action>Node Reboot</gpu_recovery_action>', 2],
    ['<gpu_recovery_action>Drain and Reset</gpu_recovery_action>', 4],
    ['<gpu_recovery_action>N/A</gpu_recovery_action>', undefined],
    [
      '<gpu_reset_status><drain_and_reset_recommended>Yes</drain_and_reset_recommended></gpu_reset_status>',
      4,
    ],
    ['<fan_speed>[GPU requires reset]</fan_speed>', 1],
  ])('reads %s as %s', (elements, recoveryAction) => {
    const { gpus, unparsed } = reading(withGpu(elements));
    expect(gpus[0]?.recoveryAction).toBe(recoveryAction);
    expect(unparsed).toEqual([]);
  });

  it('pages that are retired, rows that are remapped', () => {
    expect(gpuOf('v100-driver-450').retiredPages).toEqual({ single_bit: 4, double_bit: 1 });
    expect(gpuOf('a100-driver-525')).toMatchObject({
      remappedRows: { correctable: 1, uncorrectable: 2 },
      remapPending: true,
      remapFailure: false,
    });
  });

  it('distances to a limit are no limits', () => {
    const { thresholds, temperatureMargin, temperatures } = gpuOf('h100-mig-driver-590');
    expect({ thresholds, temperatureMargin, temperatures }).toEqual({
      thresholds: {},
      temperatureMargin: 45,
      temperatures: { gpu: 42, memory: 48 },
    });
  });
});

describe('a driver that says something twice', () => {
  it('is heard once about instances of a divided GPU', () => {
    const device =
      '<mig_device><gpu_instance_id>1</gpu_instance_id><compute_instance_id>0</compute_instance_id></mig_device>';
    expect(reading(withGpu(`<mig_devices>${device}${device}</mig_devices>`)).gpus[0]?.mig).toMatchObject([
      { gpuInstance: '1', computeInstances: ['0'] },
    ]);
  });

  it('is heard once about memory errors, in the newer layout', () => {
    const older = '<single_bit><device_memory>7</device_memory><total>9</total></single_bit>';
    const newer = '<dram_correctable>3</dram_correctable>';
    const { gpus } = reading(withGpu(`<ecc_errors><volatile>${older}${newer}</volatile></ecc_errors>`));
    expect(gpus[0]?.eccVolatile).toEqual([
      { memory: 'dram', severity: 'corrected', count: 3 },
      { memory: 'sram', severity: 'corrected', count: 2 },
    ]);
  });

  it('is heard once a GPU about what it does not give', () => {
    const info = '<process_info><pid>7</pid><used_memory>N/A</used_memory></process_info>';
    const gpu = `<gpu><processes>${info.repeat(30)}</processes></gpu>`;
    const { unavailable } = reading(`<nvidia_smi_log>${gpu}${gpu}</nvidia_smi_log>`);
    expect(unavailable.get('process.memory')).toBe(2);
  });
});

describe('a divided GPU', () => {
  it('gives the memory of each instance once, whatever runs in it', () => {
    const { mig, utilization } = gpuOf('a100-mig-driver-535');
    expect(mig).toEqual([
      {
        gpuInstance: '1',
        computeInstances: ['0', '1'],
        profile: '',
        memory: { total: 19968 * MIB, used: 9120 * MIB },
      },
      {
        gpuInstance: '11',
        computeInstances: ['0'],
        profile: '',
        memory: { total: 4864 * MIB, used: 12 * MIB },
      },
    ]);
    expect(utilization).toEqual({});
  });

  it('keeps a process of which the driver gives no more than its number', () => {
    expect(gpuOf('h100-mig-driver-590').processes).toEqual([
      { pid: 61234, name: '', type: 'C', memoryBytes: undefined },
    ]);
  });
});

describe('a GPU that says nothing', () => {
  it('is there, a Jetson, and without a single value', () => {
    const gpu = gpuOf('jetson-orin-driver-540');
    expect(gpu).toMatchObject({ vendor: 'jetson', uuid: '', pciBusId: '', processes: undefined });
    expect(gpu.info).toMatchObject({ name: 'Orin (nvgpu)', vbiosVersion: '' });
    const { gpu: _, vendor, uuid, pciBusId, info, ...values } = gpu;
    expect(numbersIn(values)).toEqual([]);
  });

  it('is lost if it says so', () => {
    const { gpus, lost, unparsed } = reading(nvidiaCapture('lost-gpu-driver-550'));
    expect(lost).toEqual(['0000:02:00.0']);
    expect(unparsed).toEqual([]);
    expect(gpus[0]?.temperatures.gpu).toBe(70);
    const { gpu, ...values } = gpuOf('lost-gpu-driver-550', 1);
    expect(gpu).toBe('1');
    expect(numbersIn(values)).toEqual([]);
    expect(values.processes).toBeUndefined();
  });
});

/** All numbers and truths within a value. */
function numbersIn(value: unknown): readonly unknown[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('a server', () => {
  it.each([8, 16])('of %i GPUs is read whole, each GPU with its number', (count) => {
    const { gpus, attached, unparsed } = reading(manyGpus('a100-driver-525', count));
    expect(unparsed).toEqual([]);
    expect(attached).toBe(count);
    expect(gpus.map(({ gpu }) => gpu)).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    expect(new Set(gpus.map(({ uuid }) => uuid)).size).toBe(count);
    expect(gpus[count - 1]).toMatchObject({
      pciBusId: `0000:${(count - 1).toString(16).padStart(2, '0')}:00.0`,
      temperatures: { gpu: 54 },
    });
  });
});

describe('a text that is not a value', () => {
  it.each([
    'N/A',
    '[N/A]',
    'Not Supported',
    '[Not Supported]',
    'None',
    'ERR!',
    'Unknown Error',
    '[Unknown Error]',
    '[GPU is lost]',
    '[GPU requires reset]',
    '[Insufficient Permissions]',
    'Requested functionality has been deprecated',
    'Not Found',
    ' ',
  ])('is left out and counted: %j', (text) => {
    const { gpus, unavailable, unparsed } = reading(withGpu(`<fan_speed>${text}</fan_speed>`));
    expect(gpus[0]?.fanRatio).toBeUndefined();
    expect(unavailable.get('fan_speed')).toBe(1);
    expect(unparsed).toEqual([]);
  });

  it.each([
    '9223372036854775794 %',
    '40',
    '40 C',
    'forty %',
    '4 0 %',
    '0x28 %',
    'NaN %',
    '1e3 %',
    '--4 %',
    '４０ %',
  ])('is left out and reported: %j', (text) => {
    const { gpus, unparsed } = reading(withGpu(`<fan_speed>${text}</fan_speed>`));
    expect(gpus[0]?.fanRatio).toBeUndefined();
    expect(unparsed).toEqual([{ field: 'fan_speed', text }]);
  });

  it('does not become one by what stands beside it', () => {
    const { gpus, unparsed } = reading(withGpu('<fan_speed>4<!-- and -->0 %</fan_speed>'));
    expect(gpus[0]?.fanRatio).toBeUndefined();
    expect(unparsed).toEqual([{ field: 'fan_speed', text: '4 0 %' }]);
  });

  it('is no process without a number', () => {
    const info = '<process_info><pid>N/A</pid><used_memory>5 MiB</used_memory></process_info>';
    expect(reading(withGpu(`<processes>${info}</processes>`)).gpus[0]?.processes).toEqual([]);
  });
});

describe('what stands around a document', () => {
  it('is passed over', () => {
    const document = nvidiaCapture('l4-driver-570');
    const output = `Unable to determine something < & >\n${document}\nand more <gpu>`;
    expect(reading(output)).toEqual(reading(document));
  });

  it.each([
    ['nothing', '', 'there is no document'],
    ['an excuse', 'No devices were found\n', 'there is no document'],
    ['a beginning', '<?xml version="1.0" ?>\n<nvidia_smi_log>\n<gpu>', 'the document breaks off'],
    ['a wrong end', '<?xml version="1.0"?><a></nvidia_smi_log>', 'Unexpected close tag'],
    ['a stray end', '<nvidia_smi_log></gpu></nvidia_smi_log>', 'Unexpected close tag'],
    [
      'an inner one',
      '<?xml version="1.0"?><a><nvidia_smi_log></nvidia_smi_log></a>',
      'an element is not closed',
    ],
    ['a half tag', '<nvidia_smi_log><gpu </nvidia_smi_log>', 'Invalid attribute name'],
    [
      'a deep one',
      `<nvidia_smi_log>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</nvidia_smi_log>`,
      'too many elements',
    ],
    [
      'a crowd',
      `<nvidia_smi_log>${'<gpu/>'.repeat(257)}</nvidia_smi_log>`,
      'there are more than 256 GPUs in it',
    ],
    ['a vast one', `<nvidia_smi_log>${'<a/>'.repeat(100_001)}</nvidia_smi_log>`, 'too many elements'],
  ])('makes no document of %s', (_, output, problem) => {
    expect(problemOf(output)).toContain(problem);
  });

  it('does not care for an & in the name of a process', () => {
    const info = '<process_info><pid>7</pid><process_name>a & b &c; &amp; d</process_name></process_info>';
    expect(reading(withGpu(`<processes>${info}</processes>`)).gpus[0]?.processes).toEqual([
      { pid: 7, name: 'a & b &c; & d', type: '', memoryBytes: undefined },
    ]);
  });
});
