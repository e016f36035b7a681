import { expect, it } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { outcomeOf } from './asked.ts';

/** What a program says, which ends otherwise than expected. */
async function said(argv: readonly string[], user?: string): Promise<string | undefined> {
  const { failure } = await outcomeOf({ command: { argv, user, expect_exit_codes: [99] } });
  return failure?.detail.split('; it said ')[1];
}

describeLab('a program that root runs', () => {
  it('as somebody else is in none of the groups of root', async () => {
    const ids = await said(['/usr/bin/id'], 'nobody');
    expect(ids).toMatch(/^"uid=\d+\(nobody\) gid=\d+\(nogroup\) groups=\d+\(nogroup\)"$/);
    expect(await said(['/usr/bin/id', '-u'])).toBe('"0"');
  });

  it('as somebody else may not do what root may', async () => {
    expect(await said(['/bin/cat', '/etc/shadow'], 'nobody')).toMatch(/Permission denied/);
  });

  it('as somebody else is told so', async () => {
    const argv = ['/bin/sh', '-c', 'echo "[$HOME $USER $LOGNAME]"'];
    expect(await said(argv, 'nobody')).toBe('"[/nonexistent nobody nobody]"');
    expect(await said(argv)).toBe('"[  ]"');
  });

  it('is in no folder of anybody', async () => {
    expect(await said(['/bin/pwd'], 'nobody')).toBe('"/"');
  });
});
