import { writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { createMachineReader } from '../../../src/sources/machine/source.ts';

/**
 * Reads the machine three times where its arguments are mountpoints that hang, and prints what came of that.
 *
 * A process of its own: a thread that hangs cannot be ended, and it would keep the tests from ending.
 */
const hung = process.argv.slice(2);
const files = createSlowFiles(createGate(2), 500, createGate(1));
const read = createMachineReader({
  procfs: '/proc',
  sysfs: '/sys',
  run: '/run',
  files,
  remoteFileSystems: true,
  wantsMountpoint: (name) => name === '/' || hung.includes(name),
  wantsNetworkDevice: () => true,
});
const rounds: unknown[] = [];
for (let round = 0; round < 3; round += 1) {
  const { fileSystems } = await read();
  rounds.push(
    fileSystems.map(({ mountpoint, sizes, unasked = false }) => [mountpoint, sizes !== undefined, unasked]),
  );
}
const sensor = await files.readText('/proc/loadavg');
const packed = await promisify(gzip)('text');
writeSync(1, JSON.stringify({ rounds, sensorIsRead: 'value' in sensor, isPacked: packed.length > 0 }));
process.kill(process.pid, 'SIGKILL');
