import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import type { RunOptions } from '../lab/inside.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { RED, RESET, withoutColours } from './table/colours.ts';

const UNITS = {
  'comfyui@.service': `[Service]
ExecStart=/bin/sleep infinity
MemoryMax=64M
TasksMax=23
`,
  'broken.service': `[Unit]
StartLimitBurst=2
[Service]
ExecStart=/bin/sh -c "exit 3"
Restart=on-failure
RestartSec=10ms
`,
  'killed.service': '[Service]\nExecStart=/bin/sh -c "kill -SEGV $$$$"\n',
  'nightly.timer': '[Timer]\nOnCalendar=daily\nUnit=broken.service\n',
};

const OPEN_SCREEN = '\u001b[?1049h';
const CLOSE_SCREEN = '\u001b[?1049l';

describeLab('fettle units, on the real systemd', () => {
  let lab: Lab;
  let command: readonly string[];

  beforeAll(async () => {
    command = [process.execPath, builtFettle(), 'units'];
    lab = await startLab();
    for (const [name, text] of Object.entries(UNITS)) await lab.writeUnit(name, text);
    const started = ['comfyui@a.service', 'nightly.timer', 'broken.service', 'killed.service'];
    await lab.run(['systemctl', 'start', ...started], { check: false });
    for (const name of ['broken.service', 'killed.service']) {
      const failed = async () => ((await show(name, 'ActiveState')) === 'failed' ? true : undefined);
      await waitFor(`${name} has failed`, failed);
    }
  });
  afterAll(() => lab?.stop());

  const units = (words: readonly string[], options: RunOptions = {}) =>
    lab.run([...command, ...words], { check: false, ...options });
  const show = async (name: string, key: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim();
  const json = async (...words: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    JSON.parse((await units(['--json', ...words])).stdout);
  /** Starts a watch whose output can be read as it grows; it has to be stopped. */
  const watch = (words: readonly string[], wrap = (argv: readonly string[]) => argv) => {
    const log = join(lab.dir, `watch-${words.join('-')}.log`);
    const watching = lab.spawn(wrap([...command, '--watch', '--interval', '100ms', ...words]), { log });
    const shows = (what: string, holds: (text: string) => boolean) =>
      waitFor(what, () => (holds(watching.readLog()) ? true : undefined), { timeoutMs: 20_000 });
    return { ...watching, shows };
  };

  it('lists the services that systemctl lists, failed ones first', async () => {
    const { stdout } = await lab.run(['systemctl', 'list-units', '--type=service', '--plain', '--no-legend']);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    const { code, stdout: table, stderr } = await units([]);
    const [heading, ...rows] = table.trimEnd().split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(heading).toMatch(/^UNIT +STATE +SINCE +RESTARTS +MEMORY +CPU +TASKS +NOTE$/);
    const names = rows.map((row) => row.split(' ')[0]);
    expect(names.slice(0, 2)).toEqual(['broken.service', 'killed.service']);
    expect(names.toSorted()).toEqual(listed.toSorted());
  });

  it('shows limits of a template instance, and how units have failed', async () => {
    const { stdout } = await units(['comfyui@*', 'broken', 'killed']);
    expect(stdout).toMatch(/^broken\.service +failed\/failed +\d\S*( \d+s)? +2 .* exit-code 3$/m);
    expect(stdout).toMatch(/^killed\.service +failed\/failed +\d\S*( \d+s)? +0 .* (signal|core-dump) SEGV$/m);
    expect(stdout).toMatch(/^comfyui@a\.service +active\/running .* \/ 64\.0 MiB +\d+ms +1 \/ 23$/m);
  });

  it('gives numbers that agree with systemctl show', async () => {
    const [running] = await json('comfyui@a');
    const name = 'comfyui@a.service';
    const entered = await lab.run(['date', '+%s', '-d', await show(name, 'ActiveEnterTimestamp')]);
    expect(running).toMatchObject({
      unit: name,
      type: 'service',
      loadState: await show(name, 'LoadState'),
      activeState: await show(name, 'ActiveState'),
      subState: await show(name, 'SubState'),
      restarts: Number(await show(name, 'NRestarts')),
      result: await show(name, 'Result'),
      memoryMaxBytes: Number(await show(name, 'MemoryMax')),
      tasks: Number(await show(name, 'TasksCurrent')),
      tasksMax: Number(await show(name, 'TasksMax')),
      cpuSeconds: expect.any(Number),
    });
    expect(Math.floor(Number(running?.['sinceTimestampSeconds']))).toBe(Number(entered.stdout));
    // The kernel accounts memory in batches, so two looks may differ by some pages.
    const used = Number(await show(name, 'MemoryCurrent'));
    expect(Math.abs(Number(running?.['memoryBytes']) - used)).toBeLessThan(1024 ** 2);

    const [broken] = await json('broken');
    expect(broken).toMatchObject({
      activeState: 'failed',
      result: await show('broken.service', 'Result'),
      exitStatus: Number(await show('broken.service', 'ExecMainStatus')),
      restarts: Number(await show('broken.service', 'NRestarts')),
    });
    expect(broken).not.toHaveProperty('memoryBytes');
  });

  it('tells when a timer triggers next', async () => {
    const [timer] = await json('nightly.timer');
    const next = await lab.run(['date', '+%s', '-d', await show('nightly.timer', 'NextElapseUSecRealtime')]);
    expect(timer).toMatchObject({ subState: 'waiting', nextElapseTimestampSeconds: Number(next.stdout) });
    expect((await units(['*.timer'])).stdout).toMatch(/^nightly\.timer +active\/waiting .* next in \d+/m);
  });

  it('says which pattern shows nothing, and shows the others', async () => {
    const { code, stdout, stderr } = await units(['nosuch', 'comfyui@?.service']);
    expect(stdout).toContain('\ncomfyui@a.service ');
    expect(stderr).toMatch(/^fettle: systemd has no nosuch\.service in memory; .*\n$/);
    expect(code).toBe(1);
  });

  it('does not need root', async () => {
    // It may read the program wherever that lies; to systemd it is nobody.
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const readsAll = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const argv = ['setpriv', ...nobody, ...readsAll, '--', ...command, 'comfyui@a'];
    const { stdout, stderr } = await lab.run(argv);
    expect(stdout).toMatch(/^comfyui@a\.service +active\/running .* \/ 64\.0 MiB/m);
    expect(stderr).toBe('');
  });

  it('prints one table after the other into a pipe, and ends with 0 upon SIGINT', async () => {
    const watching = watch(['comfyui@a', 'nightly.timer']);
    await watching.shows('three tables', (text) => text.split('\n\nUNIT').length >= 3);
    process.kill(watching.pid, 'SIGINT');
    expect(await watching.exited).toBe(0);
    const tables = watching.readLog().trimEnd().split('\n\n');
    for (const table of tables) expect(table).toMatch(/^UNIT .*\ncomfyui@a\.service .*\nnightly\.timer .*$/);
    expect(tables[0]).not.toContain('%');
    expect(tables[1]).toMatch(/ \d+\.\d% /);
  });

  it('prints one array of JSON a line, and ends with 0 upon SIGTERM', async () => {
    const watching = watch(['--json', 'comfyui@a']);
    await watching.shows('three lines', (text) => text.split('\n').length > 3);
    expect(await watching.stop()).toBe(0);
    for (const line of watching.readLog().trimEnd().split('\n')) {
      expect(JSON.parse(line)).toMatchObject([{ unit: 'comfyui@a.service' }]);
    }
  });

  it('ends in peace where nobody reads on', async () => {
    const pipe = `set -o pipefail; ${command.join(' ')} --watch --interval 100ms | head -n 1`;
    const { code, stdout, stderr } = await lab.run(['bash', '-c', pipe], { check: false });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^UNIT .*\n$/);
  });

  /** Runs a command line on a terminal of 80 columns. */
  const onTerminal = (line: string) => ['script', '-qefc', `stty cols 80 rows 24; ${line}`, '/dev/null'];

  it('fits a terminal and shows failed units in red', async () => {
    const { stdout } = await lab.run(onTerminal(command.join(' ')), { env: { TERM: 'xterm' } });
    const lines = stdout.trimEnd().split(/\r?\n/);
    const broken = lines.find((line) => line.startsWith('broken.service')) ?? '';
    expect(broken).toContain(`${RED}failed${RESET}`);
    expect(Math.max(...lines.map((line) => withoutColours(line).length))).toBeLessThanOrEqual(80);
  });

  it('has no colours where NO_COLOR is set', async () => {
    const { stdout } = await lab.run(onTerminal(command.join(' ')), {
      env: { TERM: 'xterm', NO_COLOR: '1' },
    });
    expect(stdout).toContain('broken.service');
    expect(stdout).not.toContain('\u001b');
  });

  it('watches on a screen of its own, and gives the terminal back upon SIGINT', async () => {
    const pidFile = join(lab.dir, 'watch.pid');
    const watching = watch(['broken'], (argv) =>
      onTerminal(`export TERM=xterm; echo $$ >${pidFile}; exec ${argv.join(' ')}`),
    );
    await watching.shows('two paints', (text) => text.split('1 unit, 1 failed; ').length > 2);
    expect(watching.readLog()).toContain(OPEN_SCREEN);
    expect(watching.readLog()).not.toContain(CLOSE_SCREEN);
    await lab.run(['kill', '-INT', readFileSync(pidFile, 'utf8').trim()]);
    expect(await watching.exited).toBe(0);
    expect(watching.readLog().trimEnd().endsWith(CLOSE_SCREEN)).toBe(true);
  });

  it('says so while systemd cannot be reached, and goes on when it can', async () => {
    const watching = watch(['killed']);
    await watching.shows('the table', (text) => text.includes('killed.service'));
    await lab.run(['systemctl', 'stop', 'dbus.socket', 'dbus.service']);
    const away = '\nsystemd cannot be reached; trying again: ';
    await watching.shows('the line', (text) => text.includes(away));
    await lab.run(['systemctl', 'start', 'dbus.socket', 'dbus.service']);
    await watching.shows(
      'the table again',
      (text) => text.lastIndexOf('killed.service') > text.lastIndexOf(away),
    );
    expect(await watching.stop()).toBe(0);
  });
});
