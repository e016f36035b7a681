import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryJournal, tryKmsg } from '../../../src/app/doctor/logs.ts';
import { Failure } from '../../../src/domain/errors.ts';
import { createProgram } from '../../../src/host/programs/program.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const LIMITS = { timeoutMs: 5000, killAfterMs: 200, capBytes: 4096 };
const signal = new AbortController().signal;

function journalctl(script: string) {
  const path = join(tempFolder({ journalctl: `#!/bin/sh\n${script}\n` }), 'journalctl');
  chmodSync(path, 0o755);
  return createProgram(path, LIMITS);
}

describe('tryJournal', () => {
  it('is content with one entry of the part that was asked for', async () => {
    const entry = (word: string) =>
      journalctl(`case "$*" in *${word}*) echo '{"MESSAGE":"x"}';; *) exit 1;; esac`);
    expect(await tryJournal(entry('--dmesg'), 'kernel', signal)).toEqual({ problem: undefined });
    expect(await tryJournal(entry('--system'), 'system', signal)).toEqual({ problem: undefined });
    expect((await tryJournal(entry('--dmesg'), 'system', signal)).problem).toBeDefined();
  });

  it.each([
    ['true', 'it shows no entry'],
    ['echo "No journal files were opened" >&2; exit 1', 'No journal files were opened'],
  ])('tells what is wrong: %s', async (script, problem) => {
    expect(await tryJournal(journalctl(script), 'system', signal)).toEqual({ problem });
  });

  it('tells that there is no journalctl', async () => {
    const { problem } = await tryJournal(createProgram('/nonexistent/journalctl', LIMITS), 'system', signal);
    expect(problem).toContain('ENOENT');
  });
});

describe('tryKmsg', () => {
  it('reads once, and closes it', () => {
    const calls: string[] = [];
    const read = () => {
      calls.push('read');
      return 'drained' as const;
    };
    expect(tryKmsg(() => ({ read, close: () => void calls.push('close') }))).toEqual({ problem: undefined });
    expect(calls).toEqual(['read', 'close']);
  });

  it('tells why it cannot be opened or read', () => {
    const refuse = () => {
      throw new Failure('refused', '/dev/kmsg: EPERM');
    };
    expect(tryKmsg(refuse)).toEqual({ problem: '/dev/kmsg: EPERM' });
    expect(tryKmsg(() => ({ read: refuse, close: () => undefined }))).toEqual({
      problem: '/dev/kmsg: EPERM',
    });
  });
});
