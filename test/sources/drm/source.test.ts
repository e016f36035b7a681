import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createDrmGpuReader } from '../../../src/sources/drm/source.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

type Files = Readonly<Record<string, string>>;

/** These files below a folder. */
const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

const uevent = (driver: string, id: string, address: string) =>
  `DRIVER=${driver}\nPCI_CLASS=30000\nPCI_ID=${id}\nPCI_SUBSYS_ID=1DA2:E471\nPCI_SLOT_NAME=${address}\n`;

/** A desktop card as amdgpu shows it. Synthetic: after the kernel's documentation, no machine at hand. */
const RADEON: Files = below('class/drm/card1/device', {
  vendor: '0x1002\n',
  uevent: uevent('amdgpu', '1002:744C', '0000:0B:00.0'),
  unique_id: '5c88007d0a6d9d2b\n',
  'power/runtime_status': 'active\n',
  vbios_version: '113-31XFSHBS1-L02\n',
  gpu_busy_percent: '43\n',
  mem_busy_percent: '7\n',
  mem_info_vram_total: '25753026560\n',
  mem_info_vram_used: '1073741824\n',
  mem_info_gtt_total: '33590185984\n',
  mem_info_gtt_used: '71294976\n',
  pcie_replay_count: '4\n',
  current_link_speed: '16.0 GT/s PCIe\n',
  current_link_width: '16\n',
  max_link_speed: '16.0 GT/s PCIe\n',
  max_link_width: '16\n',
  pp_dpm_sclk: '0: 500Mhz \n1: 1200Mhz *\n2: 2482Mhz \n',
  pp_dpm_mclk: '0: 96Mhz *\n1: 1249Mhz \n',
  'hwmon/hwmon3/name': 'amdgpu\n',
  'hwmon/hwmon3/temp1_label': 'edge\n',
  'hwmon/hwmon3/temp1_input': '51000\n',
  'hwmon/hwmon3/temp1_crit': '100000\n',
  'hwmon/hwmon3/temp1_emergency': '105000\n',
  'hwmon/hwmon3/temp2_label': 'junction\n',
  'hwmon/hwmon3/temp2_input': '63000\n',
  'hwmon/hwmon3/temp3_label': 'mem\n',
  'hwmon/hwmon3/temp3_input': '70000\n',
  'hwmon/hwmon3/power1_average': '187000000\n',
  'hwmon/hwmon3/power1_cap': '303000000\n',
  'hwmon/hwmon3/power1_cap_default': '303000000\n',
  'hwmon/hwmon3/power1_cap_min': '0\n',
  'hwmon/hwmon3/power1_cap_max': '348000000\n',
  'hwmon/hwmon3/freq1_label': 'sclk\n',
  'hwmon/hwmon3/freq1_input': '1200000000\n',
  'hwmon/hwmon3/freq2_label': 'mclk\n',
  'hwmon/hwmon3/freq2_input': '96000000\n',
  'hwmon/hwmon3/pwm1': '51\n',
  'hwmon/hwmon3/pwm1_max': '255\n',
});

const RADEON_IDENTITY = {
  gpu: '1',
  uuid: 'GPU-5c88007d0a6d9d2b',
  vendor: 'amd',
  pciBusId: '0000:0b:00.0',
} as const;

/** A card of Intel as xe shows it. Synthetic. */
const ARC: Files = below('class/drm/card0', {
  'device/vendor': '0x8086\n',
  'device/uevent': uevent('xe', '8086:E20B', '0000:03:00.0'),
  'device/power/runtime_status': 'active\n',
  'device/tile0/gt0/freq0/act_freq': '1900\n',
  'device/tile0/gt0/freq0/rp0_freq': '2850\n',
  'device/hwmon/hwmon2/name': 'xe\n',
  'device/hwmon/hwmon2/energy1_input': '1000000000\n',
  'device/hwmon/hwmon2/power1_max': '190000000\n',
  'device/hwmon/hwmon2/power1_rated_max': '0\n',
  'device/hwmon/hwmon2/temp2_label': 'pkg\n',
  'device/hwmon/hwmon2/temp2_input': '48000\n',
  'device/hwmon/hwmon2/temp3_label': 'vram\n',
  'device/hwmon/hwmon2/temp3_input': '52000\n',
});

const ENERGY = 'class/drm/card0/device/hwmon/hwmon2/energy1_input';

function readerOn(sysfs: string, elapsedMs = () => 0, limitMs = 2000) {
  return createDrmGpuReader({ sysfs, files: createSlowFiles(createGate(2), limitMs), elapsedMs });
}

describe('createDrmGpuReader', () => {
  it('reads a GPU of AMD', async () => {
    expect(await readerOn(tempFolder(RADEON))()).toEqual([
      {
        ...bareReading(RADEON_IDENTITY),
        info: { ...bareReading(RADEON_IDENTITY, '1002:744c').info, vbiosVersion: '113-31XFSHBS1-L02' },
        utilization: { gpu: 0.43, memory: 0.07 },
        memory: { total: 25_753_026_560, used: 2 ** 30, free: 25_753_026_560 - 2 ** 30 },
        temperatures: { gpu: 51, junction: 63, memory: 70 },
        thresholds: { slowdown: 100, shutdown: 105 },
        powerWatts: 187,
        powerLimits: { enforced: 303, default: 303, min: 0, max: 348 },
        clocks: { graphics: 1.2e9, memory: 96e6 },
        maxClocks: { graphics: 2.482e9, memory: 1.249e9 },
        fanRatio: 0.2,
        pcie: { generation: 4, width: 16, generationMax: 4, widthMax: 16, replays: 4 },
      },
    ]);
  });

  it('tells of a suspended GPU only which it is', async () => {
    const sysfs = tempFolder({ ...RADEON, 'class/drm/card1/device/power/runtime_status': 'suspended\n' });
    // Whoever read these would wait, as whoever wakes a GPU does.
    for (const name of ['gpu_busy_percent', 'hwmon/hwmon3/temp1_input', 'current_link_speed']) {
      rmSync(`${sysfs}/class/drm/card1/device/${name}`);
      hungFile(`${sysfs}/class/drm/card1/device/${name}`);
    }
    expect(await readerOn(sysfs, undefined, 60_000)()).toEqual([bareReading(RADEON_IDENTITY, '1002:744c')]);
  });

  it('leaves out what a driver cannot tell, and what cannot be', async () => {
    const bad: Files = below('class/drm/card1/device', {
      gpu_busy_percent: '65535\n',
      mem_busy_percent: 'N/A\n',
      mem_info_vram_used: '25753026561\n',
      current_link_speed: 'Unknown\n',
      current_link_width: '63\n',
      'hwmon/hwmon3/temp2_input': '-273150\n',
      'hwmon/hwmon3/pwm1': '-1\n',
      pp_dpm_sclk: '\n',
    });
    const sysfs = tempFolder({ ...RADEON, ...bad });
    rmSync(`${sysfs}/class/drm/card1/device/hwmon/hwmon3/power1_average`);
    const [reading] = await readerOn(sysfs)();
    expect(reading?.utilization).toEqual({});
    expect(reading?.memory).toEqual({ total: 25_753_026_560, used: 25_753_026_561 });
    expect(reading?.pcie).toEqual({ generationMax: 4, widthMax: 16, replays: 4 });
    expect(reading?.temperatures).toEqual({ gpu: 51, memory: 70 });
    expect(reading?.maxClocks).toEqual({ memory: 1.249e9 });
    expect([reading?.fanRatio, reading?.powerWatts]).toEqual([undefined, undefined]);
  });

  it('takes the power of now where there is no average', async () => {
    const sysfs = tempFolder({ ...RADEON, 'class/drm/card1/device/hwmon/hwmon3/power1_input': '90000000\n' });
    rmSync(`${sysfs}/class/drm/card1/device/hwmon/hwmon3/power1_average`);
    expect((await readerOn(sysfs)())[0]?.powerWatts).toBe(90);
  });

  it('asks a GPU nothing more while one of its sensors hangs, and still tells of it', async () => {
    const sysfs = tempFolder(RADEON);
    rmSync(`${sysfs}/class/drm/card1/device/gpu_busy_percent`);
    hungFile(`${sysfs}/class/drm/card1/device/gpu_busy_percent`);
    const [reading] = await readerOn(sysfs, undefined, 300)();
    expect(reading?.info.name).not.toBe('');
    expect([reading?.utilization, reading?.powerWatts]).toEqual([{}, undefined]);
  });

  it('reads a GPU of Intel, with its mean power between two readings', async () => {
    const sysfs = tempFolder(ARC);
    let now = 0;
    const read = readerOn(sysfs, () => now);
    const identity = { gpu: '0', uuid: '', vendor: 'intel', pciBusId: '0000:03:00.0' } as const;
    const first = {
      ...bareReading(identity, '8086:e20b'),
      clocks: { graphics: 1.9e9 },
      maxClocks: { graphics: 2.85e9 },
      powerLimits: { enforced: 190 },
      temperatures: { gpu: 48, memory: 52 },
    };
    expect(await read()).toEqual([first]);
    now = 15_000;
    writeFileSync(`${sysfs}/${ENERGY}`, '2500000000\n');
    expect(await read()).toEqual([{ ...first, powerWatts: 100 }]);
    now = 30_000;
    writeFileSync(`${sysfs}/${ENERGY}`, '7\n');
    expect(await read()).toEqual([first]);
  });

  it.each([
    ['gt/gt0/rps_act_freq_mhz', 'gt/gt0/rps_RP0_freq_mhz'],
    ['gt_act_freq_mhz', 'gt_RP0_freq_mhz'],
  ])('finds the frequencies of i915 in %s', async (now, most) => {
    const sysfs = tempFolder(
      below('class/drm/card0', {
        'device/vendor': '0x8086\n',
        'device/uevent': uevent('i915', '8086:4680', '0000:00:02.0'),
        [now]: '0\n',
        [most]: '1450\n',
      }),
    );
    expect(await readerOn(sysfs)()).toMatchObject([
      { clocks: { graphics: 0 }, maxClocks: { graphics: 1.45e9 }, powerWatts: undefined },
    ]);
  });

  it('passes over connectors, render nodes, GPUs of others and those without PCI', async () => {
    const sysfs = tempFolder({
      ...RADEON,
      ...ARC,
      'class/drm/card1-DP-1/status': 'connected\n',
      'class/drm/renderD128/device/vendor': '0x1002\n',
      'class/drm/card2/device/vendor': '0x10de\n',
      'class/drm/card2/device/uevent': uevent('nouveau', '10DE:2684', '0000:01:00.0'),
      'class/drm/card3/device/uevent': 'DRIVER=v3d\n',
      'class/drm/version': 'drm 1.1.0 20060810\n',
    });
    expect((await readerOn(sysfs)()).map(({ gpu, vendor }) => `${gpu} ${vendor}`)).toEqual([
      '0 intel',
      '1 amd',
    ]);
  });

  it('finds none on a machine without any', async () => {
    expect(await readerOn(tempFolder())()).toEqual([]);
  });

  it('throws where GPUs are there and cannot be listed', async () => {
    const folder = tempFolder();
    // A list that does not come is no list without names.
    const files = { ...createSlowFiles(createGate(1)), list: async () => ({ error: 'EACCES' }) };
    const read = createDrmGpuReader({ sysfs: folder, files, elapsedMs: () => 0 });
    await expect(read()).rejects.toMatchObject({ code: 'unreadable' });
  });
});
