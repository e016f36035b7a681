import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ledgerVerdict, readLedgerEvidence } from '../../../src/app/doctor/ledger.ts';
import { lockFile } from '../../../src/host/files/file-lock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

async function verdict(path: string, runs = false) {
  return ledgerVerdict(await readLedgerEvidence(path), runs);
}

async function locked(path: string): Promise<void> {
  const lock = await lockFile(path);
  onTestFinished(() => lock.release());
}

describe('the check of the ledger', () => {
  it('finds one that can be made', async () => {
    const path = join(tempFolder(), 'state/ledger.jsonl');
    expect(await verdict(path)).toEqual({ state: 'ok', told: `${path} can be made when it is needed` });
  });

  it('finds one that is there, with a line that a crash cut short, and changes nothing', async () => {
    const path = join(tempFolder({ 'ledger.jsonl': '{"v":2,"ev' }), 'ledger.jsonl');
    expect(await verdict(path)).toEqual({ state: 'ok', told: `${path} can be written to` });
  });

  it('does not believe a line that is not of a ledger', async () => {
    const path = join(tempFolder({ 'ledger.jsonl': 'hello\n' }), 'ledger.jsonl');
    const found = await verdict(path);
    expect(found.state).toBe('fail');
    // What a new ledger costs: more than cooldowns.
    expect(found.told).toContain('power modes for good');
    expect(found.told).toContain(`${path}:1 has been changed, or a line before it is missing`);
  });

  it('fails where it cannot be written', async () => {
    const folder = tempFolder({ file: '' });
    expect(await verdict(join(folder, 'file/ledger.jsonl'))).toMatchObject({
      state: 'fail',
      told: `${folder}/file cannot be written to (ENOTDIR)`,
    });
  });

  it('fails where a folder has its name', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'ledger.jsonl'));
    expect(await verdict(join(folder, 'ledger.jsonl'))).toMatchObject({ state: 'fail' });
  });

  it.runIf(process.platform === 'linux')('goes by who has it', async () => {
    const path = join(tempFolder({ 'ledger.jsonl': '' }), 'ledger.jsonl');
    await locked(path);
    expect(await verdict(path, true)).toMatchObject({ state: 'ok', told: expect.stringContaining('in use') });
    expect(await verdict(path, false)).toMatchObject({ state: 'warn' });
  });
});
