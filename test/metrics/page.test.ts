import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineMetric, sample } from '../../src/domain/metric.ts';
import { familiesOf } from '../../src/metrics/family.ts';
import { renderPage } from '../../src/metrics/page.ts';
import { createBlockWriter, writeSamples } from '../../src/metrics/written.ts';
import { anyText } from '../fakes/any-text.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { pageOf } from './pages.ts';
import { parsePage } from './text-format.ts';

const PLAIN = defineMetric({ name: 'a_bytes', help: 'A.', type: 'gauge', labels: [], source: 'test' });
const LABELLED = defineMetric({
  name: 'b_total',
  help: 'B.',
  type: 'counter',
  labels: ['unit', 'state'],
  source: 'test',
});

describe('a page in the text format', () => {
  it('tells each metric once, in the order of the table, with its samples beneath it', () => {
    const page = pageOf(
      [PLAIN, LABELLED],
      [
        sample(LABELLED, { state: 'x', unit: '1' }, 1),
        sample(PLAIN, {}, 3),
        sample(LABELLED, { unit: '2', state: 'y' }, 2),
      ],
    );
    expect(page).toBe(`# HELP a_bytes A.
# TYPE a_bytes gauge
a_bytes 3
# HELP b_total B.
# TYPE b_total counter
b_total{unit="1",state="x"} 1
b_total{unit="2",state="y"} 2
`);
  });

  it('leaves out a metric without samples', () => {
    expect(pageOf([PLAIN, LABELLED], [sample(PLAIN, {}, 0)])).not.toContain('b_total');
  });

  it('is empty without samples', () => {
    expect(pageOf([PLAIN], [])).toBe('');
  });

  it.each([
    ['quotes', 'say "hi"', 'say \\"hi\\"'],
    ['backslashes', 'dev\\x2dsda', 'dev\\\\x2dsda'],
    ['newlines', 'a\nb', 'a\\nb'],
    ['a backslash before a quote', '\\"', '\\\\\\"'],
    ['a backslash before n', '\\n', '\\\\n'],
    ['nothing else', "Grüße, {it's} 日本 🚀 = \t", "Grüße, {it's} 日本 🚀 = \t"],
  ])('escapes %s in a label', (_, value, written) => {
    expect(pageOf([LABELLED], [sample(LABELLED, { unit: value, state: '' }, 1)])).toContain(
      `\nb_total{unit="${written}",state=""} 1\n`,
    );
  });

  it('escapes backslashes and newlines in a help, and nothing else', () => {
    const metric = defineMetric({ ...PLAIN, help: 'C:\\tmp\n"quoted"' });
    expect(pageOf([metric], [sample(metric, {}, 1)])).toContain('# HELP a_bytes C:\\\\tmp\\n"quoted"\n');
  });

  it.each([
    [0, '0'],
    [1.5, '1.5'],
    [-0.25, '-0.25'],
    [1_767_225_600.123456, '1767225600.123456'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('writes %d as %s', (value, written) => {
    expect(pageOf([PLAIN], [sample(PLAIN, {}, value)])).toContain(`\na_bytes ${written}\n`);
  });

  it('says what was put in, whatever the labels, the help, the values and the order', () => {
    const series = fc.record({ unit: anyText(), state: anyText(), value: fc.double() });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1 }), fc.double(), anyText(), (all, plain, help) => {
        const labelled = defineMetric({ ...LABELLED, help });
        const samples = all.map(({ value, ...labels }) => sample(labelled, labels, value));
        const page = parsePage(pageOf([PLAIN, labelled], [...samples, sample(PLAIN, {}, plain)]));
        const read = page.series.map(({ name, labels, value }) => [name, labels, value + 0]);
        expect(read).toEqual([
          ['a_bytes', {}, plain + 0],
          ...all.map(({ value, ...labels }) => ['b_total', labels, value + 0]),
        ]);
        expect(page.help.get('b_total')).toBe(help);
      }),
    );
  });
});

describe('a page in OpenMetrics', () => {
  const write = (metrics: Parameters<typeof pageOf>[0], samples: Parameters<typeof pageOf>[1]) =>
    pageOf(metrics, samples, 'openmetrics');

  it("names a counter's family without _total, its samples with it, and ends with # EOF", () => {
    const samples = [sample(PLAIN, {}, 3), sample(LABELLED, { unit: '1', state: 'x' }, 1)];
    expect(write([PLAIN, LABELLED], samples)).toBe(`# HELP a_bytes A.
# TYPE a_bytes gauge
a_bytes 3
# HELP b B.
# TYPE b counter
b_total{unit="1",state="x"} 1
# EOF
`);
  });

  it('is only # EOF without samples', () => {
    expect(write([PLAIN], [])).toBe('# EOF\n');
  });

  it('keeps the name of a counter without _total, as one of unknown type', () => {
    const metric = defineMetric({ ...PLAIN, name: 'restarts', type: 'counter' });
    expect(write([metric], [sample(metric, {}, 1)])).toBe(
      '# HELP restarts A.\n# TYPE restarts unknown\nrestarts 1\n# EOF\n',
    );
  });

  it('keeps the name of a gauge that ends in _total', () => {
    const metric = defineMetric({ ...PLAIN, name: 'gauge_total' });
    expect(write([metric], [sample(metric, {}, 1)])).toContain('# TYPE gauge_total gauge\ngauge_total 1\n');
  });

  it('escapes quotes in a help, which the text format does not', () => {
    const metric = defineMetric({ ...PLAIN, help: 'C:\\tmp\n"quoted"' });
    expect(write([metric], [sample(metric, {}, 1)])).toContain('# HELP a_bytes C:\\\\tmp\\n\\"quoted\\"\n');
  });

  it('says what was put in, whatever the labels, the help, the values and the order', () => {
    const series = fc.record({
      unit: anyText(),
      state: anyText(),
      value: fc.double({ min: 0, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1 }), fc.double(), anyText(), (all, plain, help) => {
        const labelled = defineMetric({ ...LABELLED, help });
        const samples = all.map(({ value, ...labels }) => sample(labelled, labels, value));
        const page = parseOpenMetrics(write([PLAIN, labelled], [...samples, sample(PLAIN, {}, plain)]));
        expect(page.series.map(({ name, labels, value }) => [name, labels, value + 0])).toEqual([
          ['a_bytes', {}, plain + 0],
          ...all.map(({ value, ...labels }) => ['b_total', labels, value + 0]),
        ]);
        expect(page.help.get('b')).toBe(help);
      }),
    );
  });
});

describe('a long page', () => {
  const blocks = Array.from({ length: 90 }, (_, block) =>
    writeSamples(
      Array.from({ length: 50 }, (_, unit) =>
        sample(LABELLED, { unit: `${block * 50 + unit}`, state: 'Grüße' }, 1),
      ),
    ),
  );
  const families = familiesOf([PLAIN, LABELLED], [writeSamples([sample(PLAIN, {}, 1)]), ...blocks]);

  it.each(['text', 'openmetrics'] as const)('is in few pieces, and whole, in %s', (format) => {
    const pieces = renderPage(families, format);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.length).toBeLessThan(blocks.length);
    const parse = format === 'text' ? parsePage : parseOpenMetrics;
    expect(parse(Buffer.concat(pieces).toString()).series.map(({ labels }) => labels['unit'])).toEqual([
      undefined,
      ...Array.from({ length: 4500 }, (_, unit) => `${unit}`),
    ]);
  });
});

describe('a block', () => {
  it('may have labels of its own, which stand after those of the metric', () => {
    const [lines] = writeSamples([sample(LABELLED, { unit: 'a', state: 'b' }, 1)], { user: 'x"y' }).values();
    expect(Buffer.from(lines ?? []).toString()).toBe('b_total{unit="a",state="b",user="x\\"y"} 1\n');
    const [plain] = writeSamples([sample(PLAIN, {}, 1)], { scope: 'user', user: 'x' }).values();
    expect(Buffer.from(plain ?? []).toString()).toBe('a_bytes{scope="user",user="x"} 1\n');
  });

  it('is written once, for as long as it is the same object', () => {
    const writer = createBlockWriter();
    let asked = 0;
    const block = () => ({
      samples() {
        asked += 1;
        return [sample(PLAIN, {}, asked)];
      },
    });
    const first = block();
    expect(writer.isWritten(first)).toBe(false);
    const written = writer.write(first);
    expect([writer.isWritten(first), writer.write(first) === written, asked]).toEqual([true, true, 1]);
    writer.write(block());
    expect(asked).toBe(2);
  });
});
