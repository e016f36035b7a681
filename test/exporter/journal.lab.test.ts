import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';

const SECTION = {
  journal: {
    patterns: [
      {
        name: 'model_load_failures',
        pattern: '(?i)failed to load (model|checkpoint)',
        units: ['comfyui@*', 'ollama.service'],
        priority: 'warning',
      },
    ],
  },
};

const RULE = { rule: 'model_load_failures' };
const MATCHES = 'journal_pattern_matches_total';
const LAST = 'journal_pattern_last_match_timestamp_seconds';

async function say(lab: Lab, unit: string, ...lines: readonly string[]): Promise<void> {
  await lab.run(['systemd-run', '--wait', '--quiet', `--unit=${unit}`, 'printf', '%s\\n', ...lines]);
}

/** Messages that the page has of a unit, over all priorities. */
const messagesOf = (exporter: LabExporter, unit: string, count: number) =>
  exporter.until(`${count} messages of ${unit}`, (page) => {
    const values = page.values('journal_messages_total', { unit, scope: 'system', user: '' });
    return values.reduce((sum, value) => sum + value, 0) === count ? page : undefined;
  });

describeLab('the exporter counts the journal', () => {
  it('with patterns, over a stop and a crash, as one row of counters', async () => {
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    const first = await startExporter(lab, SECTION);
    const start = await first.until('the reader', (page) =>
      page.values('journal_reader_up')[0] === 1 ? page : undefined,
    );
    expect(start.values(MATCHES, { ...RULE, unit: 'ollama.service' })).toEqual([0]);
    expect(start.values(LAST, RULE)).toEqual([]);
    await say(lab, 'comfyui@a', '<3>Failed to load checkpoint x', '<6>failed to load model y', 'all is well');
    const page = await messagesOf(first, 'comfyui@a.service', 3);
    const labels = { ...RULE, unit: 'comfyui@a.service', scope: 'system', user: '' };
    expect(page.values(MATCHES, labels)).toEqual([1]);
    expect(Math.abs((page.values(LAST, labels)[0] ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    expect(
      page.values('journal_message_bytes_total', { unit: 'comfyui@a.service', priority: 'err' }),
    ).toEqual([27]);
    await first.process.stop();

    await say(lab, 'comfyui@a', '<4>failed to load model z', 'and more');
    const second = await startExporter(lab, SECTION);
    const later = await messagesOf(second, 'comfyui@a.service', 5);
    expect(later.values(MATCHES, labels)).toEqual([2]);
    expect(later.values('journal_gaps_total')).toEqual([0]);

    process.kill(second.process.pid, 'SIGKILL');
    await second.process.exited;
    await say(lab, 'comfyui@a', 'the last');
    const third = await startExporter(lab, SECTION);
    expect((await messagesOf(third, 'comfyui@a.service', 6)).values(MATCHES, labels)).toEqual([2]);
  });

  it('unless nobody wants that, or there is no journal', async () => {
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    const silent = await startExporter(lab);
    expect((await silent.scrape()).text).not.toMatch(/^journal_/m);
    expect((await lab.run(['pgrep', '-f', '^journalctl --follow'], { check: false })).stdout).toBe('');
    await silent.process.stop();

    writeFileSync(`${lab.root}/usr/local/bin/journalctl`, '#!/bin/sh\necho broken >&2\nexit 3\n', {
      mode: 0o755,
    });
    const broken = await startExporter(lab, { journal: { enabled: true } });
    const page = await broken.until('the page', (one) =>
      one.values('journal_reader_up')[0] === 0 ? one : undefined,
    );
    expect(page.values('fettle_collector_success', { collector: 'journal' })).toEqual([1]);
    expect(page.text).not.toMatch(/^journal_messages_total/m);
    expect(broken.process.readLog()).toContain('broken');
  });
});
