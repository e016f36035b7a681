import { spawn } from 'node:child_process';
import type { VmParts } from './vm-parts.ts';

/** What a VM is started with. */
export interface VmOptions {
  readonly parts: VmParts;
  /** An open file with its root file system. */
  readonly image: number;
  /** Ports of 127.0.0.1 and where they lead to inside. */
  readonly ports: ReadonlyMap<number, number>;
}

/** A running qemu, which dies with this process, however that ends. */
export interface VmProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  hasEnded(): boolean;
  /** The last lines of its console and of qemu's own complaints. */
  consoleTail(): string;
  /** Kills it; resolves when it is gone. It has nothing to save. */
  stop(): Promise<void>;
}

/** Starts a VM on emulated processors; it has not booted yet. */
export function startVmProcess({ parts, image, ports }: VmOptions): VmProcess {
  // The parent death signal outlives an exec, and so does the open image, which qemu opens anew by its number.
  const mortal = ['setpriv', '--pdeathsig', 'KILL', '--', ...parts.qemu];
  const [program = '', ...rest] = [...mortal, ...machine, ...devices(ports), ...boot(parts.kernel)];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe', image],
    detached: true, // out of reach of a Ctrl-C on our terminal
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-CONSOLE_CHARACTERS);
    });
  }
  let ended = false;
  const gone = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      output += `${error}\n`; // there was nothing to start
      ended = true;
      resolve();
    });
    child.on('exit', () => {
      ended = true;
      resolve();
    });
  });
  return {
    pid: child.pid,
    hasEnded: () => ended,
    consoleTail: () => output.trim().split(/\r?\n/).slice(-25).join('\n'),
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const CONSOLE_CHARACTERS = 20_000;

/** Nothing but what is named, and processors old enough to be emulated in few instructions. */
const machine = [
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
  ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-smp', '2', '-m', '768'],
];

/** A disk that reads zeros and forgets what is written, and a network that reaches nothing but the ports. */
function devices(ports: ReadonlyMap<number, number>): readonly string[] {
  const forwards = [...ports].map(([outside, inside]) => `hostfwd=tcp:127.0.0.1:${outside}-:${inside}`);
  return [
    ...['-blockdev', 'null-co,node-name=disk,size=67108864,read-zeroes=on'],
    ...['-device', 'virtio-blk-pci,drive=disk'],
    ...['-netdev', ['user', 'id=net', 'restrict=on', ...forwards].join(',')],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
  ];
}

function boot(kernel: string): readonly string[] {
  const words = [
    'console=ttyS0',
    'panic=-1',
    'rdinit=/usr/lib/systemd/systemd',
    'systemd.unit=vm.target',
    'systemd.show_status=1',
    'audit=0',
    'mitigations=off',
    'nokaslr',
  ];
  return ['-kernel', kernel, '-initrd', '/proc/self/fd/3', '-append', words.join(' ')];
}
