import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { waitFor } from '../../lab/wait.ts';
import {
  journalCounts,
  journalLab,
  labJournalctl,
  required,
  startCounting,
  stateOf,
  sum,
  write,
} from './journal-lab.ts';

const LIMIT = { timeout: 120_000 };

describeLab('the real journal', () => {
  it(
    'is counted as journalctl counts it, over a restart, a rotation and 50 000 messages',
    LIMIT,
    async () => {
      const lab = await journalLab();
      const first = startCounting(lab);
      await waitFor('the journal to be followed', () => first.shown().up || undefined);
      const flood = write(lab, 'flood.service', 30_000);
      await waitFor('some of it', () => sum(first.messages('flood.service')) > 5000 || undefined);
      await first.journal.stop();
      const atStop = sum(first.messages('flood.service'));
      await lab.run(['journalctl', '--rotate']);
      await flood;
      expect(atStop).toBeLessThan(30_000);

      const second = startCounting(lab);
      await waitFor(
        'it to go on where it was',
        () => sum(second.messages('flood.service')) >= atStop || undefined,
      );
      const later = write(lab, 'later.service', 20_000);
      await waitFor('some more', () => sum(second.messages('later.service')) > 1000 || undefined);
      await lab.run(['journalctl', '--rotate']);
      await later;
      await waitFor('all of it', () => sum(second.messages('later.service')) >= 20_000 || undefined);
      for (const unit of ['flood.service', 'later.service']) {
        expect(second.messages(unit)).toEqual(await journalCounts(lab, unit));
      }
      expect(sum(second.messages('flood.service'))).toBe(30_000);
      expect(second.shown()).toMatchObject({
        up: true,
        restarts: 0,
        counts: { gaps: 0, dropped: { malformed: 0, too_long: 0, missed: 0 } },
      });
      expect([...first.lines, ...second.lines]).toEqual([]);
    },
  );

  it(
    'is counted once also after a crash, and no count is shown that is lower than before',
    LIMIT,
    async () => {
      const lab = await journalLab();
      const first = startCounting(lab);
      await write(lab, 'before.service', 1000);
      await waitFor('the first', () => sum(first.messages('before.service')) === 1000 || undefined);
      const saved = await waitFor('them to be saved', () => {
        const text = readFileSync(stateOf(lab), 'utf8');
        return text.includes('before.service') ? text : undefined;
      });
      await write(lab, 'before2.service', 5000);
      await waitFor('the others', () => sum(first.messages('before2.service')) === 5000 || undefined);
      await first.journal.stop();
      // A crash would have left what was saved before.
      writeFileSync(stateOf(lab), saved);

      const second = startCounting(lab);
      const shown = await waitFor('counts', () => second.journal.read()?.counts);
      const messages = shown.units.find(({ unit }) => unit === 'before2.service')?.priorities ?? [];
      expect(messages.reduce((total, one) => total + one.messages, 0)).toBe(5000);
      expect(second.messages('before.service')).toEqual(await journalCounts(lab, 'before.service'));
      expect(shown).toMatchObject({ gaps: 0, dropped: { missed: 0 } });
    },
  );

  it('tells how many messages were removed before they were read', LIMIT, async () => {
    const lab = await journalLab();
    const first = startCounting(lab);
    await write(lab, 'kept.service', 100);
    await waitFor('the first', () => sum(first.messages('kept.service')) === 100 || undefined);
    await first.journal.stop();
    await write(lab, 'gone.service', 700);
    await lab.run(['journalctl', '--rotate']);
    await lab.run(['journalctl', '--vacuum-files=1']);
    expect(await journalCounts(lab, 'gone.service')).toEqual({});
    await write(lab, 'new.service', 50);

    const second = startCounting(lab);
    await waitFor('the last', () => sum(second.messages('new.service')) === 50 || undefined);
    const { gaps, dropped } = required(second.shown().counts);
    expect(gaps).toBe(1);
    // systemd has said that it started and that it ended.
    expect(dropped.missed).toBeGreaterThanOrEqual(700);
    expect(dropped.missed).toBeLessThan(720);
    expect(sum(second.messages('kept.service'))).toBe(100);
  });

  it(
    'counts bytes of messages that are binary or long, and tells of one that is too long',
    LIMIT,
    async () => {
      const lab = await journalLab();
      const found: string[] = [];
      const finds = (text: string) => {
        found.push(text);
        return text.startsWith('needle');
      };
      const rule = { name: 'needles', expression: 'needle', finds, units: [], atLeast: undefined };
      const counting = startCounting(lab, { rules: [rule] });
      await waitFor('the journal to be followed', () => counting.shown().up || undefined);
      await lab.run([
        'systemd-run',
        '--wait',
        '--quiet',
        '--unit=odd.service',
        'perl',
        '-MSocket',
        '-e',
        NATIVE,
      ]);
      await lab.run(['journalctl', '--sync']);
      const priorities = await waitFor('the last of them', () => {
        const unit = counting.shown().counts?.units.find((one) => one.unit === 'odd.service');
        return unit?.priorities.some(({ priority }) => priority === 'err') ? unit.priorities : undefined;
      });
      const of = (word: string) => priorities.find(({ priority }) => priority === word);
      expect(of('warning')).toEqual({ priority: 'warning', messages: 1, bytes: 60_000 });
      expect(of('notice')).toEqual({ priority: 'notice', messages: 1, bytes: 100_006 });
      expect(of('info')).toEqual({ priority: 'info', messages: 1, bytes: 9000 });
      expect(of('')).toEqual({ priority: '', messages: 1, bytes: 4 });
      expect(of('debug')).toBeUndefined();
      const { gaps, dropped, rules } = required(counting.shown().counts);
      expect({ gaps, dropped }).toEqual({ gaps: 0, dropped: { malformed: 0, too_long: 1, missed: 0 } });
      expect(rules.find(({ unit }) => unit === 'odd.service')?.matches).toBe(1);
      expect(Math.max(...found.map(({ length }) => length))).toBe(8192);
      // A message says its unit in vain.
      expect(counting.messages('forged.service')).toEqual({});
    },
  );

  it(
    'is counted whole where users have files of their own, also if journalctl leaves a message out',
    LIMIT,
    async () => {
      const lab = await journalLab();
      const config = `${lab.root}/etc/systemd/journald.conf.d/zz-users.conf`;
      writeFileSync(
        config,
        '[Journal]\nStorage=persistent\nSystemMaxUse=512M\nSystemMaxFileSize=8M\nSplitMode=uid\n',
      );
      await lab.run(['systemctl', 'restart', 'systemd-journald.service']);
      await lab.run(['journalctl', '--flush']);
      const [nsenter, ...rest] = labJournalctl(lab);
      const forgetful = join(lab.dir, 'journalctl');
      writeFileSync(forgetful, FORGETFUL, { mode: 0o755 });
      const counting = startCounting(lab, { journalctl: [nsenter, ...rest.slice(0, -1), forgetful] });
      await waitFor('the journal to be followed', () => counting.shown().up || undefined);
      const units = ['a.service', 'b.service', 'c.service'];
      await Promise.all(units.map((unit, index) => write(lab, unit, 10_000, index * 1500)));
      for (const unit of units) {
        await waitFor(unit, () => sum(counting.messages(unit)) >= 10_000 || undefined, { timeoutMs: 30_000 });
        expect(counting.messages(unit)).toEqual(await journalCounts(lab, unit));
      }
      const { restarts, counts } = counting.shown();
      expect(counts).toMatchObject({ gaps: 0, dropped: { missed: 0 } });
      expect(restarts).toBeGreaterThanOrEqual(1);
      expect(counting.lines).toEqual([]);
    },
  );

  it('is read on when journalctl has fallen silent or was killed', LIMIT, async () => {
    const lab = await journalLab();
    const counting = startCounting(lab, { pauses: { watchEveryMs: 300 } });
    await waitFor('the journal to be followed', () => counting.shown().up || undefined);
    await write(lab, 'first.service', 10);
    await waitFor('the first', () => sum(counting.messages('first.service')) === 10 || undefined);
    await lab.run(['pkill', '-STOP', '-x', 'journalctl']);
    await write(lab, 'silent.service', 10);
    await waitFor('it to be noticed', () => sum(counting.messages('silent.service')) === 10 || undefined);
    expect(counting.lines.map(({ message }) => message)).toEqual([
      'journalctl has fallen silent, as it does without inotify watches; it is started again',
    ]);
    await lab.run(['pkill', '-KILL', '-x', 'journalctl']);
    await write(lab, 'killed.service', 10);
    await waitFor('another one', () => sum(counting.messages('killed.service')) === 10 || undefined);
    expect(counting.shown()).toMatchObject({ up: true, counts: { gaps: 0 } });
    expect(counting.shown().restarts).toBeGreaterThanOrEqual(2);
    expect(sum(counting.messages('first.service'))).toBe(10);
  });

  it('is not there, or not for this user: the one is no failure, the other is told once', LIMIT, async () => {
    const lab = await journalLab();
    const none = startCounting(lab, { journalctl: ['/nowhere/journalctl'] });
    await waitFor('a line', () => none.lines[0]);
    expect(none.journal.read()).toBeUndefined();
    expect(none.lines).toMatchObject([{ level: 'info' }]);

    const [nsenter, ...rest] = labJournalctl(lab);
    const journalctl = rest.pop() ?? '';
    const nobody = ['setpriv', '--reuid=65534', '--clear-groups', journalctl];
    const refused = startCounting(lab, {
      journalctl: [nsenter, ...rest, ...nobody],
      pauses: { askAgainMs: 20 },
    });
    await waitFor('the warning', () => refused.lines[0]);
    expect(refused.shown()).toEqual({ up: false, lagSeconds: undefined, restarts: 0, counts: undefined });
    await refused.journal.stop();
    expect(refused.lines).toHaveLength(1);
    expect(refused.lines[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('systemd-journal'),
    });
  });

  it('begins anew where the saved place is cut short, and says so', LIMIT, async () => {
    const lab = await journalLab();
    const first = startCounting(lab);
    await write(lab, 'first.service', 10);
    await waitFor('the first', () => sum(first.messages('first.service')) === 10 || undefined);
    await first.journal.stop();
    writeFileSync(stateOf(lab), readFileSync(stateOf(lab), 'utf8').slice(0, -20));
    const second = startCounting(lab);
    await waitFor('a line', () => second.lines[0]);
    expect(second.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('cut short') }]);
    await write(lab, 'second.service', 10);
    await waitFor('the second', () => sum(second.messages('second.service')) === 10 || undefined);
    await second.journal.stop();
    expect(JSON.parse(readFileSync(stateOf(lab), 'utf8'))).toMatchObject({ version: 1, stopped: true });
  });
});

/** A journalctl that leaves one message out the first time, as the real one seldom does. */
const FORGETFUL = `#!/bin/sh
case "$*" in
  *--follow*) [ -e "$0.once" ] || { touch "$0.once"; journalctl "$@" | grep --line-buffered -v '"message 4321"'; exit; } ;;
esac
exec journalctl "$@"
`;

/** Writes to journald itself, in its own protocol. */
const NATIVE = `
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  setsockopt($s, SOL_SOCKET, SO_SNDBUF, 4 * 1024 * 1024);
  my $to = sockaddr_un("/run/systemd/journal/socket");
  sub tell_it { my ($priority, $text) = @_;
    my $p = $priority eq "" ? "" : "PRIORITY=$priority\\n";
    my $message = $p . "_SYSTEMD_UNIT=forged.service\\nMESSAGE\\n" . pack("Q<", length $text) . $text . "\\n";
    defined send($s, $message, 0, $to) or die "send: $!"; }
  tell_it(4, "\\xff\\x00" x 30_000);
  tell_it(5, "needle" . "a" x 100_000);
  tell_it(6, "\\xc3\\xa4" x 4500);
  tell_it("", "none");
  tell_it(7, "\\xff" x 140_000);
  tell_it(3, "last");
  sleep 1;
`;
