import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { notificationBody } from '../fakes/notification-body.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { parsePage } from '../metrics/text-format.ts';
import { type Ended, NO_BUS, startFettle } from './run-fettle.ts';

const VERSION: unknown = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

type Finished = TestContext['onTestFinished'];

function run(words: readonly string[], onTestFinished: Finished): Promise<Ended> {
  return startFettle(words, onTestFinished).ended;
}

/** A folder with a configuration, which takes any free ports, and room for the ledger. */
function machine(onTestFinished: Finished, policies = '[]', ports = { exporter: 0, remediator: 0 }) {
  const folder = tempFolder({}, onTestFinished);
  const config = join(folder, 'fettle.yml');
  const ledger = join(folder, 'ledger.jsonl');
  writeFileSync(
    config,
    `exporter: {listen: "127.0.0.1:${ports.exporter}", sysfs: ${folder}}
remediator: {listen: "127.0.0.1:${ports.remediator}", ledger: ${ledger}, policies: ${policies}}
`,
  );
  return { folder, config, ledger, serve: ['serve', '--config', config, '--log-format', 'json'] };
}

/** A port on which somebody else listens. */
async function takenPort(onTestFinished: Finished): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  return Number(Reflect.get(Object(other.address()), 'port'));
}

/** The environment of a fettle whose bus takes connections and answers nothing. */
function silentBus(onTestFinished: Finished): Readonly<Record<string, string>> {
  const path = join(tempFolder({}, onTestFinished), 'bus');
  const silent = createServer((socket) => socket.resume()).listen(path);
  onTestFinished(() => void silent.close());
  return { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${path}` };
}

/** The files that a fettle without a bus has loaded, below the folder of the project. */
async function loadedBy(words: readonly string[], onTestFinished: Finished): Promise<readonly string[]> {
  const folder = tempFolder({}, onTestFinished);
  await startFettle(words, onTestFinished, { ...NO_BUS, NODE_V8_COVERAGE: folder }).ended;
  const root = new URL('../../', import.meta.url).href;
  const scripts: readonly { readonly url: string }[] = readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).result,
  );
  return scripts
    .filter(({ url }) => url.startsWith(root))
    .map(({ url }) => url.slice(root.length).replace(/\?.*/, ''));
}

function postNotification(address: unknown): Promise<Response> {
  return fetch(`http://${address}/api/v1/webhook`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(notificationBody()),
  });
}

async function seriesAt(address: unknown) {
  return parsePage(await (await fetch(`http://${address}/metrics`)).text()).series;
}

/** Each test starts a Node of its own, so they run side by side, and a slow machine may take its time. */
const TOGETHER = { concurrent: true, timeout: 60_000 };

describe('fettle', TOGETHER, () => {
  it('tells its version', async ({ expect, onTestFinished }) => {
    expect(await run(['--version'], onTestFinished)).toEqual({
      code: 0,
      stdout: `fettle ${VERSION}\n`,
      stderr: '',
    });
  });

  it('helps', async ({ expect, onTestFinished }) => {
    const { code, stdout, stderr } = await run(['--help'], onTestFinished);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^fettle keeps the services of a GPU box in fine fettle\.\n/);
  });

  it('objects to a command that it does not know', async ({ expect, onTestFinished }) => {
    expect(await run(['reboot'], onTestFinished)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^fettle: unknown command reboot; there are serve, .* and \w+\nTry: fettle --help\n$/,
      ),
    });
  });

  it('ends in peace where nobody reads what it says', async ({ expect, onTestFinished }) => {
    const fettle = startFettle(['--help'], onTestFinished);
    fettle.child.stdout?.destroy();
    const { code, stderr } = await fettle.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('loads for each command what that one needs', async ({ expect, onTestFinished }) => {
    const ofUnits = await loadedBy(['units'], onTestFinished);
    expect(ofUnits).toContain('src/cli/table/table.ts');
    expect(
      ofUnits.filter((file) => /node_modules\/(express|pino|prom-client|zod|yaml)\//.test(file)),
    ).toEqual([]);
    const ofGpu = await loadedBy(['gpu', '--json'], onTestFinished);
    expect(ofGpu).toContain('src/cli/gpu/json.ts');
    expect(
      ofGpu.filter((file) => /node_modules\/(express|pino|prom-client|zod|yaml)\/|cli\/units/.test(file)),
    ).toEqual([]);
    const ofServe = await loadedBy(['serve', '--config', '/nonexistent.yml'], onTestFinished);
    expect(ofServe).toEqual(expect.arrayContaining(['src/cli/serve.ts', 'node_modules/pino/pino.js']));
    expect(ofServe.filter((file) => /^src\/cli\/(units|gpu|table|doctor)/.test(file))).toEqual([]);
    expect(ofServe.filter((file) => file.includes('node_modules/systeminformation/'))).toEqual([]);
  });
});

describe('fettle units', TOGETHER, () => {
  it('tells in a line why systemd cannot be reached, and what to do', async ({ expect, onTestFinished }) => {
    expect(await run(['units'], onTestFinished)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^fettle: systemd cannot be reached: .*\/nonexistent\/fettle-test-bus.* ENOENT.*systemctl status dbus.*\n$/,
      ),
    });
  });

  it('gives up a bus that takes connections and answers nothing', async ({ expect, onTestFinished }) => {
    const fettle = startFettle(['units', '--watch'], onTestFinished, silentBus(onTestFinished));
    const { code, stdout, stderr } = await fettle.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^fettle: systemd cannot be reached: .*: no answer within 5 s\. .*\n$/);
  });

  it('refuses an interval that makes no sense', async ({ expect, onTestFinished }) => {
    expect(await run(['units', '--watch', '--interval', '0s'], onTestFinished)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'fettle: --interval: expected a duration from 100ms to 1d, such as 5s\n',
    });
  });
});

describe('fettle check', TOGETHER, () => {
  it('finds the example in order', async ({ expect, onTestFinished }) => {
    const file = new URL('../../deploy/examples/fettle.yml', import.meta.url).pathname;
    const { code, stdout, stderr } = await run(['check', file], onTestFinished);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${file} is in order.\nexporter on 127.0.0.1:10558\n`);
    expect(stdout).toContain('policy comfyui-failed (dry run: nothing is done, only written down)\n');
  });

  it('tells every problem of a file in a line', async ({ expect, onTestFinished }) => {
    const text = 'remediator:\n  mode: on\n  polices: []\n';
    const file = join(tempFolder({ 'fettle.yml': text }, onTestFinished), 'fettle.yml');
    expect(await run(['check', file], onTestFinished)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${file}:2:9: remediator.mode: expected dry-run or enforce
${file}:3:3: remediator.polices: unknown key; remove it or mend its spelling
`,
    });
  });

  it('objects to a file that is not there', async ({ expect, onTestFinished }) => {
    expect(await run(['check', '/nonexistent.yml'], onTestFinished)).toEqual({
      code: 2,
      stdout: '',
      stderr: '/nonexistent.yml: there is no such file\n',
    });
  });
});

describe('fettle serve', TOGETHER, () => {
  it('does not start with a bad configuration', async ({ expect, onTestFinished }) => {
    const { config, serve } = machine(onTestFinished);
    writeFileSync(config, 'exporter: {listen: 1}\n');
    const { code, stdout, stderr } = await run(serve, onTestFinished);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(`${config}:1:20: exporter.listen: expected an address and port`);
  });

  it('ends where the port of the remediator is taken, the exporter that had begun included', async ({
    expect,
    onTestFinished,
  }) => {
    const remediator = await takenPort(onTestFinished);
    const fettle = startFettle(
      machine(onTestFinished, '[]', { exporter: 0, remediator }).serve,
      onTestFinished,
    );
    await fettle.logged('exporter is listening');
    const { err } = await fettle.logged('fettle cannot run');
    expect(err).toContain(`listening on 127.0.0.1:${remediator}: listen EADDRINUSE`);
    expect((await fettle.ended).code).toBe(1);
  });

  it('ends where the port of the exporter is taken, and tells so in text for people', async ({
    expect,
    onTestFinished,
  }) => {
    const exporter = await takenPort(onTestFinished);
    const { config } = machine(onTestFinished, '[]', { exporter, remediator: 0 });
    const { code, stderr } = await run(['serve', '--config', config, '--log-format', 'text'], onTestFinished);
    expect(code).toBe(1);
    const told = `error fettle cannot run {2}err="listening on 127\\.0\\.0\\.1:${exporter}: listen EADDRINUSE.*"`;
    expect(stderr).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${told}$`, 'm'));
  });

  it('exports and takes notifications where there is no systemd, and ends with 0 upon SIGTERM', async ({
    expect,
    onTestFinished,
  }) => {
    const { ledger, serve } = machine(
      onTestFinished,
      '[{name: p, when: [alertname = UnitFailed], allow: [comfyui@a.service]}]',
    );
    const fettle = startFettle(serve, onTestFinished);
    const { address: exporter } = await fettle.logged('exporter is listening');
    const { address: remediator } = await fettle.logged('remediator is listening');
    await fettle.logged('systemd cannot be reached; trying again');
    await fettle.logged('fettle is running');

    const values = new Map(
      (await seriesAt(exporter)).map(({ name, labels, value }) => [
        `${name} ${Object.values(labels)}`,
        value,
      ]),
    );
    expect(values.get('fettle_systemd_up ')).toBe(0);
    for (const collector of ['systemd', 'cgroup', 'thermal']) {
      expect(values.get(`fettle_collector_success ${collector}`)).toBe(1);
    }
    expect(values.get(`fettle_build_info ${VERSION},${process.version}`)).toBe(1);
    expect((await fetch(`http://${exporter}/-/ready`)).status).toBe(200);

    const reply = await postNotification(remediator);
    expect([reply.status, await reply.json()]).toMatchObject([200, { alerts: [{ outcome: 'accepted' }] }]);
    expect(readFileSync(ledger, 'utf8')).toContain('"event":"received"');

    fettle.child.kill('SIGTERM');
    const { code, stdout, stderr } = await fettle.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('"signal":"SIGTERM"');
  });

  it('takes another configuration over upon SIGHUP, and stays with it if the next is bad', async ({
    expect,
    onTestFinished,
  }) => {
    const { config, serve } = machine(onTestFinished);
    const fettle = startFettle([...serve, '--only', 'remediator'], onTestFinished);
    const { address } = await fettle.logged('remediator is listening');
    await fettle.logged('fettle is running');
    const policies = async () =>
      (await seriesAt(address))
        .filter(({ name, labels }) => name === 'fettle_decisions_total' && labels['decision'] === 'run')
        .map(({ labels }) => labels['policy']);
    expect(await policies()).toEqual([]);

    const policy = '{name: p, when: [alertname = UnitFailed], allow: [comfyui@a.service]}';
    const first = readFileSync(config, 'utf8');
    writeFileSync(config, first.replace('policies: []', `policies: [${policy}]`));
    fettle.child.kill('SIGHUP');
    await fettle.logged('configuration reloaded');
    expect(await policies()).toEqual(['p']);

    writeFileSync(config, 'remediator: {policies: everything}\n');
    fettle.child.kill('SIGHUP');
    const { err } = await fettle.logged('configuration not reloaded; the old one stays in force');
    expect(err).toMatch(/^.*:1:24: remediator\.policies: expected a list of policies/);
    expect(err).toContain(config);
    expect(await policies()).toEqual(['p']);

    fettle.child.kill('SIGTERM');
    expect((await fettle.ended).code).toBe(0);
  });

  it('says upon SIGHUP that a pattern has changed which only a restart can change', async ({
    expect,
    onTestFinished,
  }) => {
    const { config, serve } = machine(onTestFinished);
    const fettle = startFettle([...serve, '--only', 'exporter'], onTestFinished);
    await fettle.logged('fettle is running');
    const first = readFileSync(config, 'utf8');
    writeFileSync(config, first.replace('exporter: {', "exporter: {launchd: {include: 'com[.]a.*'}, "));
    fettle.child.kill('SIGHUP');
    const { err } = await fettle.logged('configuration not reloaded; the old one stays in force');
    expect(err).toBe('exporter.launchd cannot change while fettle runs; restart it');
  });

  it('is ready at once, and says nothing of systemd, where that is not to be read', async ({
    expect,
    onTestFinished,
  }) => {
    const { config, serve } = machine(onTestFinished);
    const first = readFileSync(config, 'utf8');
    writeFileSync(config, first.replace('exporter: {', 'exporter: {systemd: {enabled: false}, '));
    const fettle = startFettle([...serve, '--only', 'exporter'], onTestFinished);
    const { address } = await fettle.logged('exporter is listening');
    await fettle.logged('fettle is running');
    expect((await fetch(`http://${address}/-/ready`)).status).toBe(200);
    const page = await (await fetch(`http://${address}/metrics`)).text();
    expect(page).toContain('fettle_collector_success{collector="machine"} 1');
    expect(page).not.toContain('systemd');
    fettle.child.kill('SIGTERM');
    expect((await fettle.ended).stderr).not.toContain('systemd');
  });

  it('runs only the half that is asked for', async ({ expect, onTestFinished }) => {
    const { ledger, serve } = machine(onTestFinished);
    const fettle = startFettle([...serve, '--only', 'exporter'], onTestFinished);
    const { address } = await fettle.logged('exporter is listening');
    await fettle.logged('fettle is running');
    expect((await fetch(`http://${address}/-/healthy`)).status).toBe(200);
    fettle.child.kill('SIGTERM');
    const { code, stderr } = await fettle.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('remediator is listening');
    expect(() => readFileSync(ledger)).toThrow('ENOENT');
  });

  it('exports though the token is not for its eyes, and repairs nothing without it', async ({
    expect,
    onTestFinished,
  }) => {
    const { folder, config, serve } = machine(onTestFinished);
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('remediator: {', `remediator: {token_file: ${folder}/missing, `));
    const exporter = startFettle([...serve, '--only', 'exporter'], onTestFinished);
    await exporter.logged('fettle is running');
    exporter.child.kill('SIGTERM');
    expect((await exporter.ended).code).toBe(0);
    const { code, stderr } = await run([...serve, '--only', 'remediator'], onTestFinished);
    expect([code, stderr]).toEqual([2, expect.stringContaining('missing')]);
  });

  it('leaves the ledger of another fettle alone', async ({ expect, onTestFinished }) => {
    const { ledger, serve } = machine(onTestFinished);
    const first = startFettle([...serve, '--only', 'remediator'], onTestFinished);
    await first.logged('fettle is running');
    const second = startFettle([...serve, '--only', 'remediator'], onTestFinished);
    const { address } = await second.logged('remediator is listening');
    const { err } = await second.logged('remediator cannot work; notifications are answered with 503');
    expect(err).toBe(`taking ${ledger} for this process: another fettle is using it`);
    expect((await postNotification(address)).status).toBe(503);
    expect((await fetch(`http://${address}/-/ready`)).status).toBe(503);
  });

  it('stops when it is asked to while the bus takes connections and answers nothing', async ({
    expect,
    onTestFinished,
  }) => {
    const { serve } = machine(onTestFinished);
    const fettle = startFettle(serve, onTestFinished, silentBus(onTestFinished));
    await fettle.logged('fettle is running');
    fettle.child.kill('SIGTERM');
    const { code, stderr } = await fettle.ended;
    expect(stderr).not.toContain('cannot run');
    expect(code).toBe(0);
  });

  it('ends on the spot at a second signal', async ({ expect, onTestFinished }) => {
    const { serve } = machine(onTestFinished);
    const fettle = startFettle(serve, onTestFinished);
    const { address } = await fettle.logged('exporter is listening');
    await fettle.logged('fettle is running');
    // A request that does not end keeps the listener open for a while.
    const [host = '', port] = address === undefined ? [] : String(address).split(':');
    const slow = connect(Number(port), host);
    slow.on('error', () => undefined);
    await once(slow, 'connect');
    slow.write('GET /metrics HTTP/1.1\r\n');
    fettle.child.kill('SIGTERM');
    await fettle.logged('stopping');
    fettle.child.kill('SIGINT');
    expect((await fettle.ended).code).not.toBe(0);
  });

  it('answers notifications with 503 while the ledger cannot be believed, and still exports', async ({
    expect,
    onTestFinished,
  }) => {
    const { ledger, serve } = machine(onTestFinished);
    writeFileSync(ledger, '{"v":1,"event":"received"}\n');
    const fettle = startFettle(serve, onTestFinished);
    const { address: exporter } = await fettle.logged('exporter is listening');
    const { address: remediator } = await fettle.logged('remediator is listening');
    await fettle.logged('remediator cannot work; notifications are answered with 503');
    const reply = await postNotification(remediator);
    const told = expect.stringContaining(`${ledger}:1 was written by an older fettle`);
    expect([reply.status, await reply.text()]).toEqual([503, told]);
    expect((await fetch(`http://${exporter}/metrics`)).status).toBe(200);
    expect(readFileSync(ledger, 'utf8')).toBe('{"v":1,"event":"received"}\n');
  });
});
