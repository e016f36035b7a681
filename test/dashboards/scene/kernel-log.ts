import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../lab/lab.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/kernel-log', import.meta.url));

/** The lab's kernel log, as fettle sees it. */
export interface ReplayedKernelLog {
  /** The kernel says something. */
  say(text: string): void;
}

/**
 * Lets the lab's kernel log be what was recorded.
 *
 * A lab has no /dev/kmsg, so fettle asks journalctl for it. This one answers that question with the records, and
 * all others as the real one does.
 */
export function replayKernelLog(lab: Lab): ReplayedKernelLog {
  const file = `${lab.dir}/kernel-log.json`;
  const texts = recorded();
  let count = 0;
  const say = (text: string) => {
    count += 1;
    const time = String(Date.now() * 1000 + count);
    const fields = { MESSAGE: text, PRIORITY: '4', SYSLOG_FACILITY: '0', __CURSOR: `c${count}` };
    appendFileSync(file, `${JSON.stringify({ ...fields, __REALTIME_TIMESTAMP: time })}\n`);
  };
  for (const text of texts) say(text);
  const script = `#!/bin/sh
case " $* " in
  *--after-cursor*) ;;
  *' -k '*) exec tail -n +1 -f '${file}' ;;
esac
exec /usr/bin/journalctl "$@"
`;
  writeFileSync(`${lab.root}/usr/local/bin/journalctl`, script, { mode: 0o755 });
  return { say };
}

/** What the driver says of a process whose GPU could not find a page. */
export function xidOf(pid: string, pciBusId: string): string {
  const address = pciBusId.replace(/\.\d$/, '');
  return `NVRM: Xid (PCI:${address}): 31, pid=${pid}, name=python, Ch 00000008, intr 10000000. MMU Fault`;
}

/** The texts of all records, without their comments and dictionaries. */
function recorded(): readonly string[] {
  return readdirSync(CAPTURES)
    .flatMap((name) => readFileSync(`${CAPTURES}/${name}`, 'utf8').split('\n'))
    .flatMap((line) => {
      const [, text] = /^\d+,\d+,\d+,[^;]*;(.*)$/.exec(line) ?? [];
      return text === undefined ? [] : [text];
    });
}
