import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** A procfs in a folder, of processes that are started and ended by hand. */
export interface FakeProc {
  readonly path: string;
  start(pid: number, process?: FakeProcess): void;
  end(pid: number): void;
}

/** What procfs tells of a process. */
export interface FakeProcess {
  readonly cgroup?: string;
  readonly startTime?: number;
  readonly state?: string;
  /** Where its open files lead to, and what is told of them, by number. */
  readonly files?: Readonly<Record<string, { readonly to: string; readonly fdinfo?: string }>>;
}

/** Gives a procfs without processes, gone when the test has finished. */
export function fakeProc(): FakeProc {
  const path = tempFolder({ uptime: '1.00 1.00\n', 'net/dev': '' });
  const end = (pid: number) => rmSync(`${path}/${pid}`, { recursive: true, force: true });
  return {
    path,
    end,
    start(pid, { cgroup = '/', startTime = 1000, state = 'S', files = {} } = {}) {
      end(pid);
      mkdirSync(`${path}/${pid}/fd`, { recursive: true });
      mkdirSync(`${path}/${pid}/fdinfo`);
      const rest = '1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0';
      writeFileSync(`${path}/${pid}/stat`, `${pid} (a) b) ${state} ${rest} ${startTime} 8192 100\n`);
      writeFileSync(`${path}/${pid}/cgroup`, `0::${cgroup}\n`);
      for (const [fd, { to, fdinfo = 'pos:\t0\n' }] of Object.entries(files)) {
        symlinkSync(to, `${path}/${pid}/fd/${fd}`);
        writeFileSync(`${path}/${pid}/fdinfo/${fd}`, fdinfo);
      }
    },
  };
}
