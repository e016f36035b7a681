import { describe, expect, it } from 'vitest';
import { activeServices, createSeriesTally, seriesOf } from './page.ts';

const page = (...lines: readonly string[]) => `# TYPE a gauge\n${lines.join('\n')}\n`;

describe('seriesOf', () => {
  it('takes name and labels as the series, also with spaces in a label', () => {
    expect(seriesOf(page('a{b="c d"} 1', 'e 2.5'))).toEqual(['a{b="c d"}', 'e']);
  });
});

describe('a tally of series', () => {
  const lost = (...pages: readonly string[]) => {
    const tally = createSeriesTally();
    for (const one of pages) tally.add(one);
    return tally.lost();
  };

  it('counts a series that one of the pages lacks, and each once', () => {
    expect(lost(page('a 1', 'b 1'), page('a 2'), page('a 2'))).toBe(1);
    expect(lost(page('a 1'), page('a 2'), page('a 2', 'b 1'))).toBe(1);
  });

  it('is 0 when only values change', () => {
    expect(lost(page('a 1', 'b 1'), page('b 2', 'a 2'))).toBe(0);
  });

  it('leaves out what the exporter says of its own process', () => {
    expect(lost(page('a 1'), page('a 1', 'nodejs_gc_duration_seconds_count{kind="major"} 1'))).toBe(0);
  });
});

describe('activeServices', () => {
  it('counts services of the benchmark that are active, in the words of both exporters', () => {
    const text = [
      'systemd_unit_state{name="bench@1.service",type="service",state="active"} 1',
      'systemd_unit_state{name="bench@2.service",type="service",state="active"} 0',
      'systemd_unit_state{name="bench@2.service",type="service",state="inactive"} 1',
      'systemd_unit_state{name="dbus.service",type="service",state="active"} 1',
      'node_systemd_unit_state{name="bench@1.service",state="active",type="simple"} 1',
    ];
    expect(activeServices(text.join('\n'))).toBe(2);
  });
});
