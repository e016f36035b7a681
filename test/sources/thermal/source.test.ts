import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readThermalZones } from '../../../src/sources/thermal/source.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const signal = new AbortController().signal;

/** A sysfs with these files below the zones' folder. */
function sysfsWith(files: Readonly<Record<string, string>>): string {
  return tempFolder(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`class/thermal/${name}`, text])),
  );
}

describe('readThermalZones', () => {
  it('gives the zones in the order of their numbers, types that repeat included', async () => {
    const sysfs = sysfsWith({
      'thermal_zone10/type': 'acpitz\n',
      'thermal_zone10/temp': '10000\n',
      'thermal_zone2/type': 'acpitz\n',
      'thermal_zone2/temp': '2000\n',
      'thermal_zone0/type': 'x86_pkg_temp\n',
      'thermal_zone0/temp': '41500\n',
    });
    expect(await readThermalZones(sysfs, signal)).toEqual([
      { zone: '0', type: 'x86_pkg_temp', celsius: 41.5 },
      { zone: '2', type: 'acpitz', celsius: 2 },
      { zone: '10', type: 'acpitz', celsius: 10 },
    ]);
  });

  it('lets a zone that cannot be read cost nobody else a value', async () => {
    const sysfs = sysfsWith({
      'thermal_zone0/type': 'powered-off\n',
      'thermal_zone0/temp': '-256000\n',
      'thermal_zone1/type': 'failing\n',
      'thermal_zone2/type': 'without-temp\n',
      'thermal_zone3/temp': '30000\n',
      'thermal_zone4/type': 'good\n',
      'thermal_zone4/temp': '40000\n',
    });
    // A folder in the file's place fails as a sensor does that answers EAGAIN or EIO.
    mkdirSync(join(sysfs, 'class/thermal/thermal_zone1/temp'));
    expect(await readThermalZones(sysfs, signal)).toEqual([
      { zone: '0', type: 'powered-off', celsius: undefined },
      { zone: '1', type: 'failing', celsius: undefined },
      { zone: '2', type: 'without-temp', celsius: undefined },
      { zone: '3', type: '', celsius: 30 },
      { zone: '4', type: 'good', celsius: 40 },
    ]);
  });

  it('passes over what is no zone', async () => {
    const sysfs = sysfsWith({
      'cooling_device0/type': 'Fan\n',
      'thermal_zone/temp': '1\n',
      'thermal_zone1x/temp': '1\n',
    });
    expect(await readThermalZones(sysfs, signal)).toEqual([]);
  });

  it('finds none on a machine without any', async () => {
    expect(await readThermalZones(tempFolder(), signal)).toEqual([]);
  });

  it('throws where the zones are there and cannot be listed', async () => {
    const sysfs = tempFolder({ 'class/other': '' });
    symlinkSync('thermal', join(sysfs, 'class/thermal'));
    await expect(readThermalZones(sysfs, signal)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('ends when its caller has given up', async () => {
    const sysfs = sysfsWith({ 'thermal_zone0/temp': '1000\n' });
    await expect(readThermalZones(sysfs, AbortSignal.abort())).rejects.toThrow();
  });
});
