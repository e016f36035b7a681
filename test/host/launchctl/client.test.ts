import { describe, expect, it } from 'vitest';
import { createLaunchctl } from '../../../src/host/launchctl/client.ts';
import { fakeLaunchctl, type LaunchctlMode } from '../../fakes/launchctl.ts';

const LABEL = 'com.example.worker';

function client(mode: LaunchctlMode = 'obeys', options: { timeoutMs?: number } = {}) {
  const fake = fakeLaunchctl(mode);
  return { fake, launchctl: createLaunchctl({ path: fake.path, env: fake.env, ...options }) };
}

const live = () => new AbortController().signal;

describe('createLaunchctl', () => {
  it('lists the jobs of a domain with one call, which names it', async () => {
    const { fake, launchctl } = client();
    fake.load(`gui/501/${LABEL}`, { exit: 3 });
    fake.load('gui/502/com.example.other', { signal: 9 });
    expect(await launchctl.list('gui/501')).toMatchObject([{ label: LABEL, lastExitCode: 3 }]);
    expect(await launchctl.list('gui/502')).toMatchObject([{ label: 'com.example.other', lastSignal: 9 }]);
    expect(fake.calls()).toEqual(['print gui/501', 'print gui/502']);
  });

  it('knows no domain that is not there, as while nobody is logged in', async () => {
    const { fake, launchctl } = client();
    expect(await launchctl.list('gui/501')).toEqual([]);
    fake.setDomain('gui/501', 'gone');
    expect(await launchctl.list('gui/501')).toBeUndefined();
    expect(await launchctl.list('gui/777')).toBeUndefined();
    expect(await launchctl.print('gui/777', LABEL)).toBeUndefined();
  });

  it('knows no job that is not loaded', async () => {
    expect(await client().launchctl.print('gui/501', LABEL)).toBeUndefined();
  });

  it('tells what is disabled', async () => {
    const { fake, launchctl } = client();
    fake.disable('gui/501', LABEL);
    expect((await launchctl.enabled('gui/501')).get(LABEL)).toBe(false);
  });

  it('tells why an order was refused', async () => {
    const { launchctl } = client();
    expect(await launchctl.kickstart(`gui/501/${LABEL}`, true, live())).toEqual({
      exitCode: 113,
      said: 'Bad request.',
    });
    expect(await launchctl.bootout(`gui/501/${LABEL}`, live())).toEqual({
      exitCode: 3,
      said: 'Boot-out failed: 3: No such process',
    });
  });

  it.each([
    ['hang', 'timeout', 'did not end within 0.5 s'],
    ['garbage', 'unreadable', 'cannot be understood'],
    ['flood', 'unreadable', 'said more than'],
    ['broken', 'refused', 'ended with exit code 64: Unrecognized target specifier.'],
  ] as const)('fails with words on a launchctl that does this: %s', async (mode, code, words) => {
    const { launchctl } = client(mode, mode === 'hang' ? { timeoutMs: 500 } : {});
    const failure = { code, message: expect.stringContaining(words) };
    await expect(launchctl.list('gui/501')).rejects.toMatchObject(failure);
    await expect(launchctl.print('gui/501', LABEL)).rejects.toMatchObject(failure);
  });

  it('fails with words where there is none', async () => {
    const launchctl = createLaunchctl({ path: '/nowhere/launchctl' });
    await expect(launchctl.list('system')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('obeys its signal', async () => {
    const { fake, launchctl } = client('hang');
    const calling = new AbortController();
    const list = launchctl.list('gui/501', calling.signal);
    list.catch(() => undefined);
    await expect.poll(() => fake.calls()).toEqual(['print gui/501']);
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(list).rejects.toBe(reason);
  });
});
