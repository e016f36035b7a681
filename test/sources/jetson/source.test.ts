import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import type { JetsonReading } from '../../../src/domain/jetson.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';
import { readJetson } from '../../../src/sources/jetson/source.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';
import { AGX_ORIN } from './boards.ts';

const GPU = 'sys/class/devfreq/17000000.ga10b';

const read = (root: string, limitMs = 2000): Promise<JetsonReading | undefined> =>
  readJetson({ sysfs: `${root}/sys`, root, files: createSlowFiles(createGate(2), limitMs, createGate(1)) });

describe('readJetson', () => {
  it('reads the GPU, the rails, the mode and the memory of an AGX Orin', async () => {
    const unknown = { alarm: undefined };
    expect(await read(tempFolder(AGX_ORIN))).toEqual({
      gpus: [
        {
          ...bareReading(
            { gpu: '0', uuid: '', vendor: 'jetson', pciBusId: '' },
            'Jetson AGX Orin Developer Kit',
          ),
          utilization: { gpu: 0.437 },
          temperatures: { gpu: 41.25 },
          clocks: { graphics: 918e6 },
          maxClocks: { graphics: 1_300_500_000 },
          fanRatio: 0.2,
        },
      ],
      rails: [
        { rail: 'VDD_GPU_SOC', volts: 19.12, amperes: 0.128, watts: 2.44736, alarm: true },
        { rail: 'VDD_CPU_CV', volts: 19.12, amperes: 0.024, watts: 0.45888, alarm: false },
        { rail: 'VIN_SYS_5V0', volts: 4.968, amperes: undefined, watts: undefined, ...unknown },
        { rail: 'VDDQ_VDD2_1V8AO', volts: 4.976, amperes: 0.064, watts: 0.318464, ...unknown },
        { rail: 'VIN_SYS_5V0 2', volts: 5, amperes: 0, watts: 0, ...unknown },
      ],
      powerMode: { id: '2', name: 'MODE_30W' },
      clocksLocked: false,
      emcUtilization: 0.15,
    });
  });

  it('sees that jetson_clocks holds the clock', async () => {
    const root = tempFolder({ ...AGX_ORIN, [`${GPU}/min_freq`]: '1300500000\n' });
    expect((await read(root))?.clocksLocked).toBe(true);
  });

  it('finds the GPU of JetPack 6, by the name of its chip in the device tree', async () => {
    const root = tempFolder({
      ...AGX_ORIN,
      'sys/class/thermal/thermal_zone1/type': 'gpu-thermal\n',
      [`${GPU}/device/of_node/name`]: 'gpu\0',
    });
    expect((await read(root))?.gpus).toMatchObject([
      { utilization: { gpu: 0.437 }, temperatures: { gpu: 41.25 } },
    ]);
  });

  it('leaves out a zone that is off: -256 degrees in JetPack 5, an error in JetPack 6', async () => {
    const root = tempFolder({ ...AGX_ORIN, 'sys/class/thermal/thermal_zone1/temp': '-256000\n' });
    const [gpu] = (await read(root))?.gpus ?? [];
    expect(gpu?.temperatures).toEqual({});
    // A folder in the file's place fails as a zone does that answers EAGAIN.
    rmSync(`${root}/sys/class/thermal/thermal_zone1/temp`);
    mkdirSync(`${root}/sys/class/thermal/thermal_zone1/temp`);
    const [later] = (await read(root))?.gpus ?? [];
    expect(later).toEqual(gpu);
    expect(later?.utilization).toEqual({ gpu: 0.437 });
  });

  it('finds the GPU once its driver has come up', async () => {
    const root = tempFolder(AGX_ORIN);
    rmSync(`${root}/${GPU}`, { recursive: true });
    expect(await read(root)).toMatchObject({ gpus: [], clocksLocked: undefined });
    mkdirSync(`${root}/${GPU}/device/of_node`, { recursive: true });
    writeFileSync(`${root}/${GPU}/device/of_node/name`, 'ga10b\0');
    writeFileSync(`${root}/${GPU}/device/load`, '1000\n');
    expect((await read(root))?.gpus).toMatchObject([{ utilization: { gpu: 1 }, clocks: {} }]);
  });

  it('does not believe a load above all', async () => {
    const root = tempFolder({ ...AGX_ORIN, [`${GPU}/device/load`]: '1001\n' });
    expect((await read(root))?.gpus[0]?.utilization).toEqual({});
  });

  it('loses one chip to a bus that hangs, and no rail of another, nor its name', async () => {
    const root = tempFolder(AGX_ORIN);
    const healthy = (await read(root))?.rails ?? [];
    rmSync(`${root}/sys/class/hwmon/hwmon3/curr1_input`);
    const hung = hungFile(`${root}/sys/class/hwmon/hwmon3/curr1_input`);
    const files = createSlowFiles(createGate(2), 300);
    const chipAndOthers = async () => {
      const rails = (await readJetson({ sysfs: `${root}/sys`, root, files }))?.rails ?? [];
      return [rails.slice(0, 3), rails.slice(3)] as const;
    };
    for (let round = 0; round < 3; round += 1) {
      const [own, others] = await chipAndOthers();
      expect(own).toMatchObject([
        { rail: 'VDD_GPU_SOC', volts: round === 0 ? 19.12 : undefined, amperes: undefined, watts: undefined },
        { rail: 'VDD_CPU_CV', volts: undefined, amperes: undefined, watts: undefined, alarm: undefined },
        { rail: 'VIN_SYS_5V0', volts: undefined },
      ]);
      expect(others).toEqual(healthy.slice(3));
    }
    hung.answer('128\n');
    await waitFor('it is read again', async () => (await chipAndOthers())[0][0]?.watts);
  });

  it('does not call a rail by the name of another, where it cannot be known what a chip has', async () => {
    const root = tempFolder(AGX_ORIN);
    rmSync(`${root}/sys/class/hwmon/hwmon3/in1_label`);
    hungFile(`${root}/sys/class/hwmon/hwmon3/in1_label`);
    expect((await read(root, 300))?.rails).toEqual([]);
  });

  it('loses its speed to a fan that hangs, and nothing else', async () => {
    const root = tempFolder(AGX_ORIN);
    const healthy = await read(root);
    const [fan] = Object.keys(AGX_ORIN).filter((name) => name.endsWith('/pwm1'));
    rmSync(`${root}/${fan}`);
    hungFile(`${root}/${fan}`);
    const gpus = healthy?.gpus.map((gpu) => ({ ...gpu, fanRatio: undefined }));
    expect(await read(root, 300)).toEqual({ ...healthy, gpus });
  });

  it('has no mode, and does not know the memory, where their files are not there', async () => {
    const root = tempFolder(AGX_ORIN);
    rmSync(`${root}/var`, { recursive: true });
    rmSync(`${root}/sys/kernel`, { recursive: true });
    const reading = await read(root);
    expect([reading?.powerMode, reading?.emcUtilization]).toEqual([undefined, undefined]);
  });

  it('finds nothing on other machines, also those with such parts', async () => {
    expect(await read(tempFolder())).toBeUndefined();
    const compatible = 'radxa,rock-5b\0rockchip,rk3588\0';
    const root = tempFolder({
      ...AGX_ORIN,
      'sys/firmware/devicetree/base/compatible': compatible,
      [`${GPU}/device/of_node/name`]: 'gpu\0',
    });
    expect(await read(root)).toBeUndefined();
  });
});
