import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab } from './describe-lab.ts';
import { type Lab, startLab } from './lab.ts';
import { tracesOf } from './traces.ts';
import { waitFor } from './wait.ts';

const labModule = new URL('lab.ts', import.meta.url).href;

describeLab('the lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.stop());

  test('runs a unit of ours, in a cgroup of its own', async () => {
    await lab.writeUnit('answer.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await lab.run(['systemctl', 'start', 'answer.service']);

    const show = async (property: string): Promise<string> =>
      (await lab.run(['systemctl', 'show', 'answer.service', '-p', property, '--value'])).stdout.trim();
    const cgroup = await lab.run(['cat', `/proc/${await show('MainPID')}/cgroup`]);

    expect(await show('ActiveState')).toBe('active');
    expect(cgroup.stdout).toContain(':/system.slice/answer.service\n');
  });

  test('lets the host in on its system bus', async () => {
    const greeting = await dbusGreeting(lab.busAddress.slice('unix:path='.length));

    expect(greeting).toMatch(/^OK [0-9a-f]{32}/);
  });

  test('shares its folder, and nothing else that it writes', async () => {
    writeFileSync(`${lab.dir}/from-host`, 'hello');
    const { stdout } = await lab.run([
      'sh',
      '-c',
      `cat ${lab.dir}/from-host; echo back >${lab.dir}/from-lab`,
    ]);
    await lab.run(['sh', '-c', 'echo lab >/etc/only-in-the-lab']);

    expect(stdout).toBe('hello');
    expect(readFileSync(`${lab.dir}/from-lab`, 'utf8')).toBe('back\n');
    expect(readFileSync(`${lab.root}/etc/only-in-the-lab`, 'utf8')).toBe('lab\n');
    expect(() => readFileSync('/etc/only-in-the-lab')).toThrow('ENOENT');
  });

  test('reports how a command failed', async () => {
    await expect(lab.run(['systemctl', 'start', 'nonesuch.service'])).rejects.toThrow(
      /systemctl start nonesuch\.service: exit code 5 in the lab; .*not found/,
    );
    expect((await lab.run(['sh', '-c', 'exit 7'], { check: false })).code).toBe(7);
    expect((await lab.run(['cat'], { input: 'piped' })).stdout).toBe('piped');
    await expect(lab.run(['sleep', '60'], { timeoutMs: 100 })).rejects.toThrow('no answer within 0.1 s');
  });

  test('runs this very node, and stops it with SIGTERM', async () => {
    const code =
      "process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1e6); console.log('up')";
    const program = lab.spawn([process.execPath, '-e', code], { log: `${lab.dir}/node.log` });
    await waitFor('node says that it is up', () => program.readLog().includes('up') || undefined);

    expect(readFileSync(`/proc/${program.pid}/comm`, 'utf8')).toBe('node\n');
    expect(await program.stop()).toBe(3);
  });

  test('keeps its hands off the host', async () => {
    for (const path of ['/sys/kernel/mm/transparent_hugepage/enabled', '/proc/sys/vm/swappiness']) {
      const { stderr, code } = await lab.run(['sh', '-c', `: >${path}`], { check: false });
      expect(stderr).toContain('Read-only file system');
      expect(code).not.toBe(0);
    }
    expect(hostname()).not.toBe('lab');
    expect((await lab.run(['ls', '/tmp'])).stdout).not.toContain('systemd-private');
  });
});

describeLab('the end of a lab', () => {
  test('leaves nothing after stop()', async () => {
    const lab = await startLab();
    const traces = tracesOf(lab);
    lab.spawn(['sleep', 'infinity'], { log: `${lab.dir}/sleep.log` });
    expect(traces().length).toBeGreaterThan(3);

    await lab.stop();

    expect(traces()).toEqual([]);
    await expect(lab.run(['true'])).rejects.toThrow('has exited');
  });

  test('leaves nothing after a SIGKILL of its owner', async () => {
    const { owner, traces } = await startOwner();
    expect(traces().length).toBeGreaterThan(3);

    owner.kill('SIGKILL');

    await waitFor('nothing is left', () => (traces().length === 0 ? true : undefined));
  });

  test('leaves nothing after a SIGTERM of its supervisor, and says so to its owner', async () => {
    const lab = await startLab();
    const traces = tracesOf(lab);

    process.kill(supervisorOf(lab), 'SIGTERM');

    await waitFor('nothing is left', () => (traces().length === 0 ? true : undefined));
    await expect(lab.run(['true'])).rejects.toThrow('has exited');
    await lab.stop();
  });

  test('leaves folders at most after a SIGKILL of owner and supervisor, and the next lab sweeps them', async () => {
    const { owner, supervisor, traces } = await startOwner();
    expect(readFileSync(`/proc/${supervisor}/cmdline`, 'utf8')).toContain('supervise.sh');

    owner.kill('SIGKILL');
    process.kill(supervisor, 'SIGKILL');
    await waitFor('its processes are gone', () => (traces().some(isProcess) ? undefined : true));

    const next = await startLab();
    await next.stop();
    expect(traces()).toEqual([]);
  });

  test('refuses a folder to share that is not there, with the reason', async () => {
    await expect(startLab({ share: ['/nonesuch'] })).rejects.toThrow(/did not boot[\s\S]*nonesuch/);
  });
});

describeLab('a lab with a private network', () => {
  test('has a loopback that is up and not the host’s', async () => {
    const lab = await startLab({ net: 'private' });
    try {
      const { stdout } = await lab.run(['cat', '/proc/net/dev']);
      expect(stdout.match(/\S+(?=:)/g)).toEqual(['lo']);
      const listen =
        "require('net').createServer().listen(80, '127.0.0.1', () => process.exit(0)).on('error', () => process.exit(1))";
      await lab.run([process.execPath, '-e', listen]);
    } finally {
      await lab.stop();
    }
  });
});

/** What dbus-daemon says to a client that claims to be root: "OK" and its id. */
async function dbusGreeting(path: string): Promise<string> {
  const socket = connect(path);
  socket.write('\0AUTH EXTERNAL 30\r\n'); // "30" is "0" in hex
  const [reply] = await once(socket, 'data');
  socket.destroy();
  return String(reply);
}

interface Owner {
  readonly owner: ChildProcess;
  readonly supervisor: number;
  readonly traces: () => readonly string[];
}

/** A process of its own that boots a lab and waits to be killed. */
async function startOwner(): Promise<Owner> {
  const code = `
    import { startLab } from ${JSON.stringify(labModule)};
    const { pid, dir } = await startLab();
    console.log(JSON.stringify({ pid, dir }));
    setInterval(() => {}, 1e6);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: dirname(new URL(labModule).pathname),
  });
  const [line] = await once(owner.stdout, 'data');
  const lab = JSON.parse(String(line)) as Pick<Lab, 'pid' | 'dir'>;
  return { owner, supervisor: supervisorOf(lab), traces: tracesOf(lab) };
}

/** Where supervise.sh notes its pid and start time. */
function supervisorOf({ dir }: Pick<Lab, 'dir'>): number {
  return Number(readFileSync(`${dirname(dir)}/supervisor`, 'utf8').split(' ')[0]);
}

function isProcess(trace: string): boolean {
  return trace.startsWith('process');
}
